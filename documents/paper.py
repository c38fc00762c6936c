"""One PDF of a template in this folder. Nothing in it comes from the clock, and nothing in the data is obeyed as markup."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import typst

HERE = Path(__file__).parent


def paper(template: str, rows: Sequence[Mapping[str, object]]) -> bytes:
    """The PDF of `template`.typ for `rows`, each column → text, number (a rate as text), flag, list or date; the first row dates the paper."""
    issuer = tomllib.loads((HERE / "issuer.toml").read_text("utf-8"))
    return typst.compile(
        HERE / f"{template}.typ", format="pdf", root=HERE, font_paths=[HERE / "fonts"], ignore_system_fonts=True,
        sys_inputs={"rows": json.dumps(rows, ensure_ascii=False, default=_text), "issuer": json.dumps(issuer, ensure_ascii=False)},
    )  # fmt: skip


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"文書に書けない値です: {type(value).__name__}")
