"""Intake: one business day's feeds → verified → Parquet → derived → published; or refused, held, awaited with a report.

`python -m data_access.intake` takes in every day that waits in the inbox, oldest first, and is safe to run again: a day
already taken in is left alone, and whatever is not published leaves the previous snapshot served. A held day is not kept
built: the next run after a person's decision builds it again from the same bytes, and publishes it if it is the same.
"""

import sys
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
from sqlalchemy.exc import SQLAlchemyError

import settings
from data_access import arrival, candidate, decision, hold, report, retention, snapshot
from data_access.candidate import Day
from data_access.feed_schedule import HELD, LATE, REFUSED, TOLD, Problem
from data_access.open_day import missed
from data_access.report import Report

MOST_LATE = 5
HELP = """連携を取り込みます。

  python -m data_access.intake                 置き場（CONSOLE_HOME/inbox/<対象日>/<システム>/）で待つ日を、古い順に全部
  python -m data_access.intake 2026-10-30 …    その日だけ（公開中の日の送り直し、復元で取り下げた日、開庁日でない日も）

公開できない日に当たると、そこで止まります。何度動かしても、取り込んだ日は取り込み直しません。
終了コード: 0 = 公開したか、することがない ／ 1 = 拒否・保留・未着（届くはずの日が1つも届かないときも）・ほかの取込中 ／ 2 = 指定の誤り"""


def take_in(business_date: date, *, is_asked: bool = True) -> Report:
    """Take in the feeds of one business date. Publishes a snapshot, or says in the report why not: 保留, 拒否, 未着.

    Unless a person asked for this very day (`is_asked`), a day taken back by 復元 is refused until other bytes come.

    Raises SnapshotRefused when the snapshot before is damaged (a report says so too), PublisherBusy when another intake
    is running."""
    made = report.begin(business_date)
    try:
        with snapshot.building() as folder:
            return _in_turn(business_date, snapshot.current(), folder, made, is_asked=is_asked)
    except snapshot.PublisherBusy:
        raise  # the other intake writes its own report
    except snapshot.SnapshotRefused as error:
        made.problems.append(Problem("連携", business_date.isoformat(), "前のスナップショットを使えません", str(error)))
        return _ended(made, report.REFUSED, raising=error)


def _in_turn(business_date: date, before: snapshot.Snapshot | None, folder: Path, made: Report, *, is_asked: bool) -> Report:
    """A new day, the published day again, or a day gone by."""
    limit = hold.limits(business_date)
    if before:
        report.tell_again(before)
    if before and business_date < before.business_date:
        made.problems.append(Problem("連携", business_date.isoformat(), f"公開中の {before.business_date} より古い日の連携です",
                                     "古い日に戻すには、管理者の承認を受けた復元の手順によってください。"))
        return _ended(made, report.REFUSED)
    if before and business_date == before.business_date:
        arrived = arrival.look_again(before)
        if not arrived.problems and not arrived.announced:
            made.outcome, made.snapshot_id = report.TAKEN, before.id
            return made
    else:
        arrived = arrival.look(business_date, before, limit, settings.now())
    made.problems += arrived.problems
    made.fingerprint = arrived.fingerprint(before, limit)
    if not is_asked and report.was_published(business_date, made.fingerprint):
        made.problems.append(Problem("連携", made.business_date, "復元で取り下げた連携と同じ中身です",
                                     "直したファイルが届けば取り込みます。このまま取り込むなら、日付を指定して実行してください。"))
        return _unless_known(made, report.last(business_date), report.REFUSED)
    return _day(Day(arrived, before, limit, folder), made)


def _day(day: Day, made: Report) -> Report:
    earlier, decided = report.last(day.business_date), decision.latest(day.business_date)
    if LATE in made.severities() and REFUSED not in made.severities():
        return _unless_known(made, earlier, report.LATE)
    if earlier and earlier.digest and earlier.fingerprint == made.fingerprint:  # the same bytes were held before
        if decided is None or decided.digest != earlier.digest:
            return earlier
        if decided.decision == decision.SEND_BACK:
            return _sent_back(replace(earlier, started_at=made.started_at), decided, is_known=earlier.outcome == report.REFUSED)
    if day.before:
        snapshot.verify(day.before)  # differences are laid over it: a damaged file must not be carried on with a new hash
    return _publish(day, made, decided)


def _publish(day: Day, made: Report, decided: decision.Decision | None) -> Report:
    """Build the day, and publish it unless something or somebody is against it."""
    counts, ledger_seq = candidate.build(day, made)
    if REFUSED in made.severities():
        return _ended(made, report.REFUSED)
    if LATE in made.severities():
        return _unless_known(made, report.last(day.business_date), report.LATE)
    if HELD in made.severities():
        made.digest = decision.digest(made.fingerprint, made.problems)
        if decided is None or decided.digest != made.digest:
            return _held(made, is_void=decided is not None)
        if decided.decision == decision.SEND_BACK:
            return _sent_back(made, decided, is_known=False)
        made.decision = decided.event_id
    made.snapshot_id = snapshot.publish(day.folder, candidate.manifest(day, made, ledger_seq), counts).id
    retention.after_publish()
    return _ended(made, report.PUBLISHED)


def _ended(made: Report, outcome: str, raising: Exception | None = None) -> Report:
    made.outcome = outcome
    report.keep(made)
    if raising:
        raise raising
    return made


def _unless_known(made: Report, earlier: Report | None, outcome: str) -> Report:
    """A day that still waits for the same reasons is told once, however often the night job looks."""
    is_known = earlier and earlier.outcome == outcome and earlier.problems == made.problems
    return earlier if is_known else _ended(made, outcome)


def _held(made: Report, *, is_void: bool) -> Report:
    if is_void:
        made.problems.append(Problem("連携", made.business_date, "前の決定は、連携の中身か保留の理由が変わったため効きません",
                                     "いまの内容を確かめて、改めて決定してください。", severity=TOLD))
    return _ended(made, report.HELD)


def _sent_back(made: Report, decided: decision.Decision, *, is_known: bool) -> Report:
    """差戻し: refused until other bytes come."""
    if is_known:
        return made
    made.decision, made.problems = decided.event_id, [
        *made.problems, Problem("連携", made.business_date, "差戻しが決定されています", "直したファイルが届けば、改めて取り込みます。")]
    return _ended(made, report.REFUSED)


def main(arguments: list[str]) -> int:
    """Take in the named business dates in order, or every one that waits; stop at the first that is not published.

    Exit code 0: published, nothing to do, or not yet due · 1: refused, held, late, nothing came, or another intake runs · 2: asked wrongly."""
    if set(arguments) & {"-h", "--help"}:
        print(HELP)
        return 0
    try:
        days = [_asked(text) for text in arguments] or [*_sent_again(), *arrival.waiting(_published_on())]
    except (ValueError, arrival.NoInbox, snapshot.SnapshotRefused) as error:
        print(error)
        return 1 if isinstance(error, snapshot.SnapshotRefused) else 2
    for name in () if arguments else arrival.misnamed():
        print(f"  [報告] 連携 {name[:arrival.SHOWN_LETTERS]}: 対象日の名前でないフォルダです（読んでいません）。2026-10-30 の形にしてください。")
    for day in () if arguments else arrival.closed():
        print(f"  [報告] 連携 {arrival.closed_says(day)}")
    if not days:
        _tell_untold()
        print("取り込む連携はありません。")
    for day in days:
        try:
            made = take_in(day, is_asked=bool(arguments))
        except (snapshot.SnapshotRefused, settings.SettingsInvalid) as error:
            print(f"{day}: {error}")
            return 1
        except (OSError, duckdb.Error, SQLAlchemyError) as error:  # its text may quote a row
            print(f"{day}: 途中で止まりました（{getattr(error, 'strerror', None) or type(error).__name__}）。前に公開したデータはそのままです。"
                  "置き場の空きと書込みの権限を確かめて、もう一度実行してください。")
            return 1
        print(f"{day}: {made.outcome} {made.snapshot_id}".rstrip())
        for problem in made.problems:
            print(f"  [{problem.severity}] {problem.sentence()}")
        if not made.is_published:
            is_late = hold.limits(day).is_late(day, settings.now())
            return 0 if made.outcome == report.LATE and not is_late else 1
    return 0 if arguments else _missed()


def _tell_untold() -> None:
    """Nothing waits: the published day may still lack the report that a crash took."""
    with suppress(snapshot.PublisherBusy), snapshot.alone():  # the other intake tells it
        if now := snapshot.current():
            report.tell_again(now)


def _missed() -> int:
    """1, and the days named, when the feeds of an open day should be in by now and not even their folder is."""
    late = missed(published, settings.today(), settings.now()) if (published := _published_on()) else []
    if late:
        print(f"  [未着] {'・'.join(day.isoformat() for day in late[:MOST_LATE])}{' ほか' * (len(late) > MOST_LATE)} の連携が、期限を過ぎても届いていません。"
              "送信元に送付を急いでもらい、置き場のフォルダの名前も確かめてください。")
    return 1 if late else 0


def _sent_again() -> list[date]:
    """The published day, when a system sent all of it again (全件再送); what else changed behind it is only told."""
    now = snapshot.current()
    arrived = arrival.look_again(now) if now else None
    for problem in arrived.problems if arrived else ():
        print(f"  [{problem.severity}] {now.business_date}: {problem.sentence()}")
    return [now.business_date] if arrived and arrived.announced and not arrived.problems else []


def _published_on() -> date | None:
    now = snapshot.current()
    return now.business_date if now else None


def _asked(text: str) -> date:
    """The business date `text` names. Raises ValueError, to be shown: no such day, or no folder for it."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} という日はありません。2026-10-30 の形で、実在する日を書いてください。") from None
    if day != _published_on() and not (settings.inbox() / day.isoformat()).is_dir():
        raise ValueError(f"{day} の連携フォルダ {settings.inbox() / day.isoformat()} がありません。日付と置き場を確かめてください。")
    return day


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
