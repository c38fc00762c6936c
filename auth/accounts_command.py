"""The command line of auth.accounts: `python -m auth.accounts …`. Every change is recorded in the access log."""

import argparse
import getpass
import sys
from datetime import date

import store
from audit import log
from auth import accounts, passwords, sessions
from auth.access import permissions
from auth.accounts import AccountRefused


def main(arguments: list[str] | None = None) -> int:
    """`python -m auth.accounts create|list|password|disable|enable|unlock …`: 0 done, 1 refused (why, on stderr)."""
    store.create_tables()
    asked = _parser().parse_args(arguments)
    try:
        return asked.run(asked)
    except (AccountRefused, passwords.PasswordRefused) as refusal:
        print(refusal, file=sys.stderr)
        return 1


def _create(asked: argparse.Namespace) -> int:
    districts = tuple(code for part in asked.districts.split(",") if (code := part.strip()))
    user = accounts.create(
        asked.name, display_name=asked.display_name, role=asked.role, section=asked.section,
        expires_on=_last_day(asked.expires_on), districts=districts, password=_password(asked),
    )  # fmt: skip
    _record("account.create", user.name, role=user.role, districts=list(districts))
    print(f"利用者 {user.name}（{permissions().roles[user.role].title} {user.display_name}）を登録しました。")
    return 0


def _set_password(asked: argparse.Namespace) -> int:
    accounts.set_password(asked.name, _password(asked))
    _record("account.password", asked.name)
    sessions.live()  # judges every session now: the one opened with the old password ends here
    print(f"利用者 {asked.name} のパスワードを替えました。開いていた画面は終わります。")
    return 0


def _disable(asked: argparse.Namespace) -> int:
    accounts.disable(asked.name)
    _record("account.disable", asked.name)
    sessions.live()  # ends its session now, so that enabling the account later does not bring it back
    print(f"利用者 {asked.name} を停止しました。開いていた画面は終わります。")
    return 0


def _enable(asked: argparse.Namespace) -> int:
    accounts.enable(asked.name)
    _record("account.enable", asked.name)
    print(f"利用者 {asked.name} の停止を解きました。パスワードは停止の前のままです。")
    return 0


def _unlock(asked: argparse.Namespace) -> int:
    count = accounts.unlock(asked.name)
    _record("account.unlock", asked.name, count=count)
    print(f"利用者 {asked.name} の待ち時間を解きました（{count}か所の端末からの失敗を消去）。")
    return 0


def _list(_asked: argparse.Namespace) -> int:
    for row in accounts.everyone():
        state = {"": "有効", "disabled": "停止", "expired": "期限切れ"}[accounts.standing(row)]
        title = permissions().roles[row.role].title
        print(row.name, title, row.section, row.display_name, row.districts, state, sep="\t")
    return 0


def _password(asked: argparse.Namespace) -> str:
    return sys.stdin.readline().rstrip("\r\n") if asked.password_stdin else getpass.getpass("パスワード: ")


def _last_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError as error:
        raise AccountRefused(f"最終日「{text}」は日付ではありません。2027-03-31 のように書いてください。") from error


def _record(action: str, name: str, **detail: object) -> None:
    log.append(actor=f"os:{getpass.getuser()}", action=action, source="cli", detail={"account": name, **detail})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m auth.accounts", description="利用者の登録・一覧・パスワードの変更・停止・再開・待ち時間の解除"
    )
    commands = parser.add_subparsers(required=True)
    add = _command(commands, "create", _create, "利用者を登録する")
    add.add_argument("--role", required=True, choices=sorted(permissions().roles))
    add.add_argument("--display-name", required=True)
    add.add_argument("--section", required=True)
    add.add_argument("--districts", default="", help="担当地区（例: D01,D02）。地区担当には必ず指定する")
    add.add_argument("--expires-on", help="最終日（例: 2027-03-31）")
    changed = _command(commands, "password", _set_password, "パスワードを替える")
    for reads in (add, changed):
        reads.add_argument("--password-stdin", action="store_true", help="パスワードを標準入力の1行目から読む")
    _command(commands, "disable", _disable, "利用者を停止する")
    _command(commands, "enable", _enable, "停止した利用者を再び使えるようにする")
    _command(commands, "unlock", _unlock, "パスワードの誤りによる待ち時間を解く（端末ごとの待ち時間は残る）")
    commands.add_parser("list", help="利用者の一覧").set_defaults(run=_list)
    return parser


def _command(commands: argparse._SubParsersAction, name: str, run: object, told: str) -> argparse.ArgumentParser:
    """A command about one account."""
    command = commands.add_parser(name, help=told)
    command.add_argument("name", help="利用者ID")
    command.set_defaults(run=run)
    return command
