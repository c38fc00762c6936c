"""Which law a result was computed with."""

import hashlib

from law.files import FOLDER


def version() -> str:
    """First 12 hex digits of the SHA-256 over every dated parameter file; kept in each snapshot's manifest."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.toml")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
