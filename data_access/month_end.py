"""`python -m data_access.month_end`: after a month's last open day its 月次報告, after 出納閉鎖 the 年報 of the year, made and kept
as drafts for a 係長 to ask to have made final; and the parts of アドホック分析, so that nobody waits for them at the first opening.
Safe to run every day: the same snapshot makes the same file.
"""

import sys

from audit.log import AuditUnavailable
from auth.access import User
from data_access import analysis_release, annual_report, report_archive, snapshot
from data_access.connection import NothingPublished
from data_access.open_day import is_open
from data_access.query import Kept, kept, looking_at
from data_access.report_archive import ReportRefused
from law.calendar import DAY
from law.fiscal_year import fiscal_year

MACHINE = User("month_end", "月末の処理（自動）", "chief", "システム")  # reports hold nobody; the access log names it


def due() -> list[tuple[Kept, int | None]]:
    """(snapshot, fiscal year or None for the month) of every report that should be there by now: that of the last month that
    is over, from its last kept day, and that of the last year whose accounts are closed, from the newest day."""
    days = kept()
    if not days:
        return []
    newest = days[0].business_date
    after = newest + DAY
    while not is_open(after):
        after += DAY
    over = [day for day in days if (day.business_date.year, day.business_date.month) < (after.year, after.month)]
    year = fiscal_year(newest) - 1
    found: list[tuple[Kept, int | None]] = [(over[0], None)] if over else []
    return found + [(days[0], year - (newest <= annual_report.closes_on(year)))]


def run() -> list[report_archive.Kept]:
    """Make what is due and not there yet. Raises as report_archive.make."""
    made = []
    for day, year in due():
        report = f"monthly-{day.business_date:%Y-%m}" if year is None else f"annual-{year}"
        if report_archive.every(report):
            continue
        with looking_at(day.id):
            made.append(report_archive.make(MACHINE, year))
    return made


def main(arguments: list[str]) -> int:
    """Exit code 0: made, or nothing to do · 1: a report could not be made · 2: asked wrongly."""
    if arguments:
        print("引数はありません。終わった月の月次報告とアドホック分析の表、出納閉鎖の済んだ年度の年報を作って保管します。")
        return 2
    try:
        made = run()
        parts = analysis_release.make_due()
    except (ReportRefused, NothingPublished, snapshot.SnapshotRefused, AuditUnavailable) as refusal:
        print(refusal)
        return 1
    for each in made:
        print(f"{each.report} を作りました（基準日 {each.as_of}、指紋 {each.sha256[:16]}）。係長が画面で確定を求め、課長が承認します。")
    if parts:
        print(f"アドホック分析の表を作りました（集計の日 {parts.as_of}、区分 {parts.parts.height}）。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
