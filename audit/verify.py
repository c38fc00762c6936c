"""`python -m audit.verify`: does the access log still hold what was written? Exit 0 whole, 1 broken, 2 unreadable."""


import sys

from audit import chain, log


def main() -> int:
    """Print the first bad entry, or `OK n 件`."""
    try:
        bad, entries = log.verify(), log.count()
    except chain.ChainUnavailable as reason:
        print(f"アクセスログを読めません（{reason}）。CONSOLE_STORE_URL と保存先を確かめてください。")
        return 2
    if bad is None:
        print(f"OK {entries} 件")
        return 0
    print(f"改ざんまたは欠落: {bad} 番の記録（全 {entries} 件）。保存先を触らず、システム管理者と監査に連絡してください。")
    return 1


if __name__ == "__main__":
    sys.exit(main())
