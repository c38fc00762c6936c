"""One PDF of a template in this folder. Nothing in it comes from the clock, and nothing in the data is obeyed as markup."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import typst

HERE = Path(__file__).parent


def paper(template: str, rows: Sequence[Mapping[str, object]], stated: Mapping[str, object]) -> bytes:
    """The PDF of `template`.typ for `rows`, each column → text, number (a rate as text), flag, list or date; the first row dates the paper.

    `stated`: what the law has the paper say, once for all rows (data_access/paper_content.py)."""
    issuer = tomllib.loads((HERE / "issuer.toml").read_text("utf-8"))
    given = {"rows": rows, "stated": stated, "issuer": issuer}
    return typst.compile(
        HERE / f"{template}.typ", format="pdf", root=HERE, font_paths=[HERE / "fonts"], ignore_system_fonts=True,
        sys_inputs={name: json.dumps(value, ensure_ascii=False, default=_text) for name, value in given.items()},
    )  # fmt: skip


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"文書に書けない値です: {type(value).__name__}")
