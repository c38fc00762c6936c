"""`python -m sample_city.demo`: prepare the demo — secrets, the city's feeds, intake day by day, accounts."""

import argparse
import shutil
import sys
import time
from datetime import date

import settings
import store
from audit import refusal, watch  # noqa: F401  (declare their tables)
from auth import account_store, accounts, sessions  # noqa: F401  (declares its tables)
from auth.access import User, permissions
from casework import ledger  # noqa: F401  (declares its tables)
from data_access import snapshot
from data_access.intake import take_in
from data_access.rebuild import rebuild
from sample_city.access_history import write_history
from sample_city.city import build
from sample_city.clock import Clock
from sample_city.trial_runs import write_trials
from sample_city.yearly_plan import write_plan

SECRETS = ("pepper", "csrf", "pseudonym", "cookie")
# For the demo city only: these passwords are printed and public. A real installation creates its own accounts.
ACCOUNTS = (
    ("kacho", "demo-inaba-kacho-2026", "manager", "収納推進課", "収納推進課長（デモ）", ()),
    ("kakari", "demo-inaba-kakari-2026", "chief", "収納推進課", "徴収係長（デモ）", ()),
    ("tanto1", "demo-inaba-tanto1-2026", "officer", "収納推進課", "地区担当1（デモ）", ("D01", "D02", "D03")),
    ("tanto2", "demo-inaba-tanto2-2026", "officer", "収納推進課", "地区担当2（デモ）", ("D04", "D05", "D06")),
    ("bunseki", "demo-inaba-bunseki-2026", "analyst", "収納推進課", "分析担当（デモ）", ()),
    ("kanri", "demo-inaba-kanri-2026", "admin", "情報政策課", "システム管理者（デモ）", ()),
    ("kansa", "demo-inaba-kansa-2026", "auditor", "監査委員事務局", "監査（デモ）", ()),
    ("choju", "demo-inaba-choju-2026", "ltc_reader", "長寿社会課", "長寿社会課照会（デモ）", ()),
)


class DemoFailed(Exception):
    """デモの準備が途中で止まった。The text says where and what to do."""


def prepare(persons: int, seed: int, business_date: date, days: int) -> None:
    """Make the demo ready, or say that it is. Raises DemoFailed when a day's feeds are refused."""
    started = time.perf_counter()
    mark, wanted = settings.home() / "demo-city.txt", f"persons={persons} seed={seed} business_date={business_date} days={days}"
    current = snapshot.current()
    made = mark.read_text(encoding="utf-8") if mark.exists() else ""
    if made == wanted and current and current.business_date >= business_date:
        _say(f"デモの市はできています（{wanted}）。" if rebuild() is None else "前の版で作ったデモの市を、この版の形にしました。")
    else:
        if not made and (current or any(settings.inbox().glob("*"))):
            raise DemoFailed(f"{settings.home()} にはデモではないデータがあります。別の CONSOLE_HOME を指定してください。")
        settings.home().mkdir(parents=True, exist_ok=True)
        mark.write_text("making", encoding="utf-8")
        _make_city(persons, seed, Clock(business_date, days))
        mark.write_text(wanted, encoding="utf-8")
    _open_accounts()
    boss, head = (User(name, shown, role, section, districts) for name, _, role, section, shown, districts in ACCOUNTS[:2])
    write_plan(head, boss, settings.today())
    write_trials(head, boss, settings.today())
    _say(f"{time.perf_counter() - started:.1f} 秒で準備できました。")


def _make_city(persons: int, seed: int, clock: Clock) -> None:
    for key in SECRETS:
        settings.make_secret(key)
    store.create_tables()
    for folder in (settings.inbox(), settings.snapshots(), settings.quarantine()):
        shutil.rmtree(folder, ignore_errors=True)
    _say(f"架空の いなば市（{persons:,} 人）の連携ファイルを作ります。")
    build(settings.inbox(), persons, seed, clock)
    for day in clock.feed_dates:
        started = time.perf_counter()
        report = take_in(day)
        if not report.is_published:
            problems = "\n".join(problem.sentence() for problem in report.problems[:10])
            raise DemoFailed(f"{day} の連携を取り込めませんでした。\n{problems}")
        _say(f"{day} を取り込みました（{time.perf_counter() - started:.1f} 秒、{report.snapshot_id}）。")
    _say(f"アクセスログの1か月分（{write_history(clock.feed_dates[-1], seed):,} 件）を書きました。点検の規則に当たる例を含みます。")


def _open_accounts() -> None:
    store.create_tables()
    known = {row.name for row in account_store.everyone()}
    for number, (name, password, role, section, display_name, districts) in enumerate(ACCOUNTS, 1):
        if name not in known:
            accounts.create(name, display_name=display_name, role=role, section=section, password=password, districts=districts,
                            employee_number=f"DEMO{number}")
    with store.engine().begin() as connection:
        for name, *_ in ACCOUNTS:
            account_store.train(connection, name, settings.today().isoformat())
    role_titles = {name: role.title for name, role in permissions().roles.items()}
    _say("デモ専用の利用者です（パスワードは公開されています。実運用では使わないでください）。")
    for name, password, role, section, _, districts in ACCOUNTS:
        _say(f"  {name:8} {password:24} {role_titles[role]}（{section}）{'　担当 ' if districts else ''}{'・'.join(districts)}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Read the command line and prepare the demo."""
    parser = argparse.ArgumentParser(prog="sample_city.demo", description="デモの市と利用者を用意します。")
    parser.add_argument("--persons", type=int, default=20_000, help="住民の数")
    parser.add_argument("--seed", type=int, default=1, help="乱数の種")
    parser.add_argument("--business-date", type=date.fromisoformat, default=date(2026, 10, 30), help="最後の業務日")
    parser.add_argument("--days", type=int, default=2, help="業務日数")
    chosen = parser.parse_args()
    try:
        prepare(chosen.persons, chosen.seed, chosen.business_date, chosen.days)
    except DemoFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
