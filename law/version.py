"""Which law a result was computed with."""

import hashlib

from law.files import FOLDER

LABEL_FILE = "labels.toml"  # 画面の言葉であって、法令の値ではない


def version() -> str:
    """First 12 hex digits of the SHA-256 over every dated parameter file; kept in each snapshot's manifest."""
    digest = hashlib.sha256()
    for path in sorted(path for path in FOLDER.glob("*.toml") if path.name != LABEL_FILE):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
