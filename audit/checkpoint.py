"""`python -m audit.checkpoint`: sign where the chains stand. Run it every ten minutes, and at closing with --sheet.

To be run by a user of its own: only that user can read the key (CONSOLE_CHECKPOINT_KEY), which lies outside CONSOLE_HOME.
"""

import argparse
import sys
from pathlib import Path

import settings
from audit import anchor, chain
from audit.sheet import sheet


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 signed, 1 refused because something does not hold, 2 the store could not be read."""
    parser = argparse.ArgumentParser(prog="python -m audit.checkpoint", description="アクセスログと台帳のチェックポイントに署名する")
    parser.add_argument("--make-key", type=Path, metavar="FILE", help="署名鍵を作る（CONSOLE_HOME の外、持ち主だけが読める）")
    parser.add_argument("--key", type=Path, default=settings.checkpoint_key(), help="署名鍵（既定は CONSOLE_CHECKPOINT_KEY）")
    parser.add_argument("--first", action="store_true", help="最初の1回だけ付ける。1件もない所に1番を書く")
    parser.add_argument("--sheet", type=Path, metavar="FOLDER", help="印刷して押印する日締めの紙（HTML）も作る")
    asked = parser.parse_args(arguments)
    try:
        if asked.make_key:
            print(f"署名鍵を作りました。公開鍵: {anchor.make_key(asked.make_key)}")
            return 0
        if asked.key is None:
            raise anchor.AnchorRefused("署名鍵を指定してください（--key か CONSOLE_CHECKPOINT_KEY）。なければ --make-key で作ります。")
        _sign(asked.key, asked.sheet, asked.first)
    except anchor.AnchorRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except chain.ChainUnavailable as reason:
        print(f"記録を読めません（{reason}）。CONSOLE_STORE_URL と保存先を確かめてください。", file=sys.stderr)
        return 2
    return 0


def _sign(key_file: Path, folder: Path | None, is_first: bool) -> None:
    line = anchor.checkpoint(key_file, is_first=is_first)
    sizes = "、".join(f"{anchor.CHAINS[name]} {point['size']:,} 件" for name, point in line["chains"].items())
    print(f"{line['number']} 番のチェックポイントに署名しました（{sizes}）。")
    if len(settings.anchors()) < 2:
        print("控えが1か所だけです。別のディスクかサーバーのフォルダを CONSOLE_ANCHOR に指定してください。", file=sys.stderr)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"日締め-{line['at'][:10]}.html"
        path.write_text(sheet(line, anchor.public_key_of(anchor.signing_key(key_file))), "utf-8")
        print(f"日締めの紙: {path}")


if __name__ == "__main__":
    sys.exit(main())
