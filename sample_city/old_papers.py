"""文書管理 and the small records of the old system: letters with what they demand, officers, tags, appointments, note details."""

import numpy as np
import polars as pl

from sample_city.cases import NONE
from sample_city.clock import NEVER
from sample_city.old_block import OldBlock
from sample_city.words import pick, words

KINDS = ["催告書", "差押予告書", "差押調書", "差押解除通知書", "配当計算書", "交付要求書", "停止通知書", "協議合意書", "猶予通知書", "承継通知書"]
SECTION = "収納推進課"
TAGS = ["折衝中", "財産調査中", "差押予定", "返戻調査中", "相続調査中", "弁護士介入", "対応注意"]
TOPICS = ["収支", "家族", "勤務先", "財産", "健康", "その他"]
DETAILS = ["手取りと家賃・光熱費を聞き取り、収支の差を確かめた。", "同居の家族と生計の関係を聞き取った。", "勤務の形と給料日を聞き取った。",
           "預金と保険の有無を聞き取った。", "通院と療養の見込みを聞き取った。", "他の借入れの有無を聞き取った。"]


def paper_tables(block: OldBlock, graces: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """文書管理 and 文書対象期別. A reminder names what was overdue on its day; letters of a case stand without 期別."""
    letters = pl.concat([_letters(block), _of_cases(block), _of_graces(graces)], how="vertical_relaxed").sort("drawn_up_on", maintain_order=True)
    number = 6_700_000_000 + block.draw.block * 1_000_000 + np.arange(letters.height)
    letters = letters.with_columns(document_number=pl.Series(number), atena_number=pl.Series(letters["head"]))
    kinds, home = letters["document_kind"].to_numpy(), letters["home"].to_numpy()
    about = np.flatnonzero(np.isin(kinds, ["催告書", "差押予告書", "協議合意書"]))
    own, place = block.pairs(home[about])
    is_due = block.bills.due[block.open_at[place]] + 25 < letters["drawn_up_on"].to_numpy()[about][own]
    return {"document": letters, "document_installment": pl.DataFrame({
        "document_number": number[about][own[is_due]], **block.keys(block.open_at[place[is_due]])})}


def _frame(home: np.ndarray, head: np.ndarray, kind: np.ndarray, day: np.ndarray, **more: np.ndarray) -> pl.DataFrame:
    plain = {"is_reminder": 0, "dispatched_on": day, "deadline": NEVER, "undelivered_on": NEVER, "refused_on": NEVER}
    return pl.DataFrame({"home": home, "head": head, "document_kind": pick(KINDS, kind), "drawn_up_on": day, **plain | more})


def _letters(block: OldBlock) -> pl.DataFrame:
    """催告書, 差押予告書 and now and then an agreement to talk, to households that still owe something."""
    draw, clock = block.draw, block.draw.clock
    home = np.unique(block.open_home)
    home = np.repeat(home, np.minimum(draw.random.geometric(0.45, home.size) - 1, 5))
    count = home.size
    kind = draw.random.choice([0, 1, 7], count, p=[0.8, 0.18, 0.02])
    day = clock.first - draw.days(3, 640, count)
    day = np.busday_offset(day.astype("datetime64[D]"), 0, roll="backward").astype(np.int64)
    back = np.where(draw.chance(0.04, count) & (kind < 7), day + 7, NEVER)
    refused = np.where((kind == 7) & draw.chance(0.3, count), day + 60, NEVER)
    return _frame(home, block.head[home], kind, day, is_reminder=((kind == 0) & draw.chance(0.85, count)).astype(int),
                  dispatched_on=np.where(kind == 7, NEVER, day), deadline=day + np.where(kind == 7, 180, 14),
                  undelivered_on=np.where(back <= clock.first, back, NEVER), refused_on=np.where(refused <= clock.first, refused, NEVER))


def _of_cases(block: OldBlock) -> pl.DataFrame:
    """The papers of every 処分 and 執行停止: made on the day it took effect, and on the day it ended."""
    done, stopped, head = block.pursued.dispositions, block.pursued.suspensions, block.head
    begun = np.where(done.kind == 0, 2, 5)
    over = np.flatnonzero((done.ended_on < NEVER) & (done.kind == 0))
    closing = np.where(done.end_reason[over] < 2, 4, 3)
    return pl.concat([
        _frame(done.household, head[done.household], begun, done.took_effect_on),
        _frame(done.household[over], head[done.household[over]], closing, done.ended_on[over]),
        _frame(stopped.household, head[stopped.household], np.full(stopped.household.size, 6), stopped.decided_on)], how="vertical_relaxed")


def _of_graces(graces: pl.DataFrame) -> pl.DataFrame:
    """猶予通知書; its household is not looked up, for it names no 期別."""
    head, day = graces["atena_number"].to_numpy(), graces["granted_on"].to_numpy()
    return _frame(np.full(head.size, -1), head, np.full(head.size, 8), day)


def desk_tables(block: OldBlock, notes: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """所属別担当, 所属別付箋, スケジュール and 詳細記事."""
    worked = np.flatnonzero(block.pursued.is_open | (block.pursued.kind != NONE))
    return {"caseload": _caseload(block, worked), "tag": _tags(block, worked), **_promises(block, notes), **_details(block, notes)}


def _caseload(block: OldBlock, home: np.ndarray) -> pl.DataFrame:
    """The officer of the town, and for a third the one before."""
    draw, officers = block.draw, words()["people"]["officers"]
    since = draw.clock.first - draw.days(30, 900, home.size)
    earlier = np.flatnonzero(draw.chance(0.33, home.size))
    place = block.people.town[home] % len(officers)
    frame = pl.DataFrame({"atena_number": block.head[home], "in_charge": pick(officers, place), "from_date": since, "to_date": NEVER})
    before = pl.DataFrame({"atena_number": block.head[home[earlier]], "in_charge": pick(officers, (place[earlier] + 1) % len(officers)),
                           "from_date": since[earlier] - 365, "to_date": since[earlier] - 1})
    rows = pl.concat([frame, before], how="vertical_relaxed").with_columns(section=pl.lit(SECTION))
    return rows.with_columns(caseload_number=pl.Series(6_000_000_000 + draw.block * 1_000_000 + np.arange(rows.height)))


def _tags(block: OldBlock, home: np.ndarray) -> pl.DataFrame:
    draw = block.draw
    home = home[draw.chance(0.15, home.size)]
    since = draw.clock.first - draw.days(5, 500, home.size)
    until = np.where(draw.chance(0.4, home.size), np.minimum(since + 120, draw.clock.first), NEVER)
    kind = draw.random.integers(0, len(TAGS), home.size)
    return pl.DataFrame({
        "tag_number": 6_100_000_000 + draw.block * 1_000_000 + np.arange(home.size), "atena_number": block.head[home], "section": SECTION,
        "tag_kind": pick(TAGS, kind), "remark": pick(["来庁時は係長へ", "書面で連絡", "平日夕方に架電"], kind % 4 - 1),
        "from_date": since, "to_date": until})


def _promises(block: OldBlock, notes: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """A promise or a call back written into a note, put into the calendar."""
    draw, clock = block.draw, block.draw.clock
    own = notes.filter(pl.col("outcome").is_in(["納付約束", "相談継続"]))
    kind = np.where((own["outcome"] == "納付約束").to_numpy(), 0, draw.random.integers(1, 4, own.height))
    day = own["contacted_on"].to_numpy() + draw.days(4, 40, own.height)
    done = np.where(draw.chance(0.7, own.height) & (day < clock.first), day, NEVER)
    yen = np.where(kind == 0, draw.days(3, 40, own.height) * 1_000, 0)
    return {"schedule": pl.DataFrame({
        "schedule_number": 6_200_000_000 + draw.block * 1_000_000 + np.arange(own.height), "atena_number": own["atena_number"],
        "scheduled_on": day, "schedule_kind": pick(["納付約束", "来庁", "訪問", "架電"], kind),
        "promised_yen": pl.Series(yen).set(pl.Series(kind > 0), None), "done_on": done, "in_charge": own["officer_name"]})}


def _details(block: OldBlock, notes: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What was told at length, beside a tenth of the notes."""
    draw = block.draw
    own = notes.filter(pl.Series(draw.chance(0.1, notes.height)))
    topic = draw.random.integers(0, len(TOPICS), own.height)
    return {"negotiation_note_detail": pl.DataFrame({"note_number": own["note_number"], "line_no": 1, "topic": pick(TOPICS, topic),
                                                     "detail": pick(DETAILS, topic)}, schema_overrides={"line_no": pl.Int64})}
