"""`python -m audit.verify`: do the access log and the ledger still hold what was written? Exit 0 whole, 1 broken, 2 unreadable.

With --anchors also against the signed checkpoints of every anchor folder, which finds a chain that was rewritten whole; that
there is none is a finding too. Give --public-key from the sheet: who can write to the folders can replace the key in them.
"""

import argparse
import sys

from sqlalchemy.exc import SQLAlchemyError

from audit import anchor, chain, log


def main(arguments: list[str] | None = None) -> int:
    """Print the first bad entry, or `OK n 件`."""
    parser = argparse.ArgumentParser(prog="python -m audit.verify", description="アクセスログと台帳が書かれたままかを確かめる")
    parser.add_argument("--anchors", action="store_true", help="署名したチェックポイントとも照らし合わせる")
    parser.add_argument("--public-key", help="信じる公開鍵（64桁）。ないときは置き場の checkpoint.pub")
    parser.add_argument("--paper", type=_paper, action="append", default=[], metavar="access_log:件数:値", help="日締めの紙の値")
    asked = parser.parse_args(arguments)
    try:
        entries = log.count()
        by_anchor = asked.anchors or asked.paper or asked.public_key
        wrong = anchor.verify(asked.public_key, dict(asked.paper)) if by_anchor else anchor.broken_chains()
        wrong += anchor.unanchored() if asked.anchors else []
    except (chain.ChainUnavailable, SQLAlchemyError, anchor.AnchorRefused) as reason:
        told = str(reason) if isinstance(reason, (chain.ChainUnavailable, anchor.AnchorRefused)) else type(reason).__name__
        print(f"記録を読めません（{told}）。CONSOLE_STORE_URL と保存先を確かめてください。")
        return 2
    for finding in wrong:
        print(f"改ざんまたは欠落: {finding.place}: {finding.sentence}")
    if wrong:
        print("保存先を触らず、システム管理者と監査に連絡してください。")
        return 1
    if by_anchor and not asked.public_key:
        print("署名は、置き場にある公開鍵で確かめました。日締めの紙の公開鍵を --public-key に指定してください。", file=sys.stderr)
    checked = anchor.latest() if by_anchor else None
    print(f"OK {entries} 件" + (f"（{checked['number']} 番までのチェックポイントと一致）" if checked else ""))
    return 0


def _paper(text: str) -> tuple[str, tuple[int, str]]:
    name, _, rest = text.partition(":")
    size, _, root = rest.partition(":")
    if name not in anchor.CHAINS:  # a slip here would compare nothing
        raise ValueError(name)
    return name, (int(size.replace(",", "")), root.replace(" ", "").lower())


if __name__ == "__main__":
    sys.exit(main())
