"""The command line of auth.accounts: `python -m auth.accounts …`. Every change is in the access log before it is made."""

import argparse
import getpass
import sys
from datetime import date

import settings
import store
from audit import log
from auth import account_checks, account_review, accounts, passwords, sessions
from auth.access import User, decide, permissions
from auth.account_checks import AccountRefused
from auth.account_rules import last_day, rules
from auth.account_store import everyone, standing


def main(arguments: list[str] | None = None) -> int:
    """`python -m auth.accounts create|list|password|disable|enable|unlock|employee-number …`: 0 done, 1 refused (why, on stderr)."""
    store.create_tables()
    asked = _parser().parse_args(arguments)
    try:
        return asked.run(asked)
    except (AccountRefused, passwords.PasswordRefused, log.AuditUnavailable) as refusal:
        print(refusal, file=sys.stderr)
        return 1


def _create(asked: argparse.Namespace) -> int:
    _check_that_it_is_the_start(asked.break_glass)
    districts = tuple(code for part in asked.districts.split(",") if (code := part.strip()))
    password = _password(asked)
    passwords.judge(password, (asked.name, *asked.display_name.split(), *rules(settings.today()).city_words))
    account_checks.check(asked.name, asked.role, districts)
    if asked.name in _names():
        raise AccountRefused(f"利用者ID {asked.name} はすでに使われています。別のIDにしてください。")
    expires_on, training_on = _last_day(asked.expires_on, bool(asked.break_glass)), _training_on(asked.training_on)
    reason = {"break_glass": asked.break_glass} if asked.break_glass else {}
    _record("account.create", asked.name, role=asked.role, districts=list(districts), **reason)
    user = accounts.create(
        asked.name, display_name=asked.display_name, role=asked.role, section=asked.section,
        expires_on=expires_on, districts=districts, password=password, employee_number=asked.employee_number, training_on=training_on, is_first_secret=True,
    )  # fmt: skip
    print(f"利用者 {user.name}（{permissions().roles[user.role].title} {user.display_name}）を登録しました。次のサインインで、本人が自分のパスワードに替えます（{rules(settings.today()).initial_hours}時間）。")
    return 0


def _set_password(asked: argparse.Namespace) -> int:
    password = _password(asked)
    passwords.judge(password, (asked.name, *rules(settings.today()).city_words))
    _check_known(asked.name)
    _record("account.password", asked.name)
    accounts.set_password(asked.name, password, is_first_secret=True)
    sessions.live()  # judges every session now: the one opened with the old password ends here
    print(f"利用者 {asked.name} のパスワードを替えました。開いていた画面は終わります。次のサインインで、本人が自分のものに替えます。")
    return 0


def _disable(asked: argparse.Namespace) -> int:
    _check_known(asked.name)
    _record("account.disable", asked.name)
    accounts.disable(asked.name)
    sessions.live()  # ends its session now, so that enabling the account later does not bring it back
    print(f"利用者 {asked.name} を停止しました。開いていた画面は終わります。")
    return 0


def _enable(asked: argparse.Namespace) -> int:
    _check_known(asked.name)
    _record("account.enable", asked.name)
    accounts.enable(asked.name)
    print(f"利用者 {asked.name} の停止を解きました。パスワードは停止の前のままです。")
    return 0


def _unlock(asked: argparse.Namespace) -> int:
    _check_known(asked.name)
    _record("account.unlock", asked.name)
    count = accounts.unlock(asked.name)
    print(f"利用者 {asked.name} の待ち時間を解きました（{count}か所の端末からの失敗を消去）。")
    return 0


def _give_number(asked: argparse.Namespace) -> int:
    _check_known(asked.name)
    accounts.check_free(asked.name, asked.employee_number)
    _record("account.employee_number", asked.name)
    accounts.give_number(asked.name, asked.employee_number)
    print(f"利用者 {asked.name} に職員番号を付けました。次の人事異動から突き合わせます。")
    return 0


def _list(_asked: argparse.Namespace) -> int:
    for row in everyone():
        state = account_review.STATES[standing(row)]
        title = permissions().roles[row.role].title
        print(row.name, title, row.section, row.display_name, row.districts, state, sep="\t")
    return 0


def _password(asked: argparse.Namespace) -> str:
    return sys.stdin.readline().rstrip("\r\n") if asked.password_stdin else getpass.getpass("パスワード: ")


def _check_that_it_is_the_start(break_glass: str | None) -> None:
    """Once somebody can propose and somebody can approve, accounts come from the two of them, or by breaking the glass."""
    roles = {row.role for row in everyone() if not standing(row)}
    is_staffed = all(any(decide(User("", "", role, ""), action).allowed for role in roles) for action in ("account.propose", "account.approve"))
    if break_glass is not None:
        account_checks.check_text("理由", break_glass, account_checks.LONGEST_REASON)
    if is_staffed and not break_glass:
        raise AccountRefused("登録は、画面「アカウント管理」で提案し、別の人が承認します。どちらもできない非常時だけ、--break-glass に理由を書いてください。")


def _check_known(name: str) -> None:
    if name not in _names():
        raise AccountRefused(f"利用者ID {name} はありません。")


def _names() -> set[str]:
    return {row.name for row in everyone()}


def _last_day(text: str | None, is_break_glass: bool) -> date:
    latest = settings.today() if is_break_glass else last_day(settings.today())
    try:
        asked = date.fromisoformat(text) if text is not None else latest
    except ValueError as error:
        raise AccountRefused(f"最終日「{text}」は日付ではありません。2027-03-31 のように書いてください。") from error
    if asked > latest:
        raise AccountRefused(f"最終日は {latest} までにしてください。利用者の期限は年度末（auth/account_rules.toml）、非常時に作る利用者はその日かぎりです。")
    return asked


def _training_on(text: str | None) -> date | None:
    if text is None:
        return None
    account_checks.check_training(text)
    return date.fromisoformat(text)


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
    add.add_argument("--employee-number", required=True, help="職員番号。人事異動との突合に使う。1人に1つの利用者")
    add.add_argument("--training-on", help="研修修了日（例: 2026-04-10）。なければ、登録するまで個人の情報は見られない")
    add.add_argument("--districts", default="", help="担当地区（例: D01,D02）。地区担当には必ず指定する")
    add.add_argument("--expires-on", help="最終日（例: 2027-03-31）。なければ年度末、非常時はその日")
    add.add_argument("--break-glass", metavar="理由", help="提案・承認する人がだれもサインインできない非常時に、その理由（記録に残る）")
    changed = _command(commands, "password", _set_password, "パスワードを替える（次のサインインで本人が替える）")
    for reads in (add, changed):
        reads.add_argument("--password-stdin", action="store_true", help="パスワードを標準入力の1行目から読む")
    _command(commands, "disable", _disable, "利用者を停止する")
    _command(commands, "enable", _enable, "停止した利用者を再び使えるようにする")
    _command(commands, "unlock", _unlock, "パスワードの誤りによる待ち時間を解く（端末ごとの待ち時間は残る）")
    number = _command(commands, "employee-number", _give_number, "職員番号のない利用者に職員番号を付ける")
    number.add_argument("employee_number", metavar="職員番号")
    commands.add_parser("list", help="利用者の一覧").set_defaults(run=_list)
    return parser


def _command(commands: argparse._SubParsersAction, name: str, run: object, told: str) -> argparse.ArgumentParser:
    """A command about one account."""
    command = commands.add_parser(name, help=told)
    command.add_argument("name", help="利用者ID")
    command.set_defaults(run=run)
    return command
