"""不納欠損 in the small city: who may be written off, what was lost, what it does to the 決算, and what those without persons are told."""

from datetime import date

import polars as pl
import pytest

from auth.access import NotAllowed
from data_access import connection, export, outbound, protected
from data_access.derivation import derivation
from data_access.intake import take_in
from data_access.paper_basis import write_off_basis
from data_access.query import ask, reference_of, standing, subject
from data_access.small_cell import LEAST
from data_access.write_off_effect import TERMS, effect
from law import prescription, write_off
from law.fiscal_year import fiscal_year
from pages.parts import wording
from tests.casework.entries import AT_ONCE
from tests.data_access.feeds import DAY_TWO, Feed, book
from tests.data_access.source_rows import by, one, pick
from tests.data_access.test_derived_twins import KEY, balances, events_of, open_balances, stops_of  # noqa: F401 - fixtures
from tests.data_access.test_entries import NUMBER, decide
from tests.data_access.test_outbound import rows as sent
from tests.data_access.test_protected import mark
from tests.pages.screen import show
from tests.queries.every_question import parameters
from tests.staff import ANALYST, CHIEF, NEIGHBOUR, OFFICER

PENDING, BOOKED, TAKEN_BACK = "決裁済・収納の計上待ち", "収納で計上済", "取消済・収納の戻し待ち"
DIMENSIONS = ("事由", "区分", "年数", "逃したこと")


def parts(user, dimension, is_booked, district=None):
    return ask(user, "write_off_parts", dimension=dimension, is_booked=is_booked, district=district)


def expected_candidates(rows, open_balances):  # noqa: F811
    """期別 → its candidates, by the law's own explanation."""
    events, stops, heirs = events_of(rows), stops_of(rows), by(rows.source("heir"), "atena_number")
    found = {}
    for key, row in open_balances.items():
        clock = prescription.explain(row["due_date"], row["levy_kind"], events.get(key, ()), rows.as_of)
        stop = min(stops.get(key, ()), key=lambda own: (own["decided_on"], own["suspension_number"]), default=None)
        days = [heir["renounced_on"] for heir in heirs.get((row["atena_number"],), ())]
        own = write_off.candidates(rows.as_of, clock, stop and stop["decided_on"], stop and stop["ground"], None,
                                   max(days) if days and None not in days else None, row["levy_kind"])
        if own:
            found[key] = own
    return found


def test_every_candidate_of_the_city(rows, open_balances):  # noqa: F811
    expected = expected_candidates(rows, open_balances)
    derived = by(rows.derived("write_off_candidate"), *KEY)
    assert derived.keys() == expected.keys()
    for key, own in expected.items():
        told = [(each.booked_as, each.extinct_on, each.needs_person, each.is_first, each.article) for each in own]
        assert [pick(row, "booked_as", "extinct_on", "needs_person", "is_first", "article") for row in derived[key]] == told, key
    assert {each.booked_as for own in expected.values() for each in own} >= {"時効"}


def test_everything_the_city_has_lost(rows, balances, open_balances):  # noqa: F811
    letters, events, every_stop = by(rows.source("demand"), *KEY), events_of(rows), {}
    suspensions = one(rows.source("suspension"), "suspension_number")
    for scope in rows.source("suspension_installment"):
        every_stop.setdefault(pick(scope, *KEY), []).append(suspensions[(scope["suspension_number"],)])
    waiting = {(*key, False): (fiscal_year(rows.as_of), own[0].booked_as, open_balances[key]["unpaid_yen"], own[0].extinct_on or rows.as_of)
               for key, own in expected_candidates(rows, open_balances).items()}
    booked = {(*pick(row, *KEY), True): pick(row, "fiscal_year", "reason", "written_off_yen", "written_off_on") for row in rows.source("write_off")}
    derived = one(rows.derived("lost_installment"), *KEY, "is_booked")
    assert derived.keys() == (waiting | booked).keys()
    chances = set()
    for (*key, is_booked), (year, reason, yen, ended_on) in (waiting | booked).items():
        balance = balances[tuple(key)]
        due, sent = balance["due_date"], [own["issued_on"] for own in letters.get(tuple(key), ())
                                          if own["withdrawn_on"] is None or own["withdrawn_on"] > rows.as_of]
        tried = [event.happened_on for event in events.get(tuple(key), ()) if event.kind in ("催告", "差押")
                 or (event.kind == "承認" and event.happened_on in _pledged_or_paid(rows, tuple(key)))]
        stopped = any(own["decided_on"] < ended_on and (own["cancelled_on"] is None or own["cancelled_on"] >= ended_on)
                      for own in every_stop.get(tuple(key), ()))
        chance = write_off.kept_chance(due, ended_on, sent, tried, stopped, balance["levy_kind"]) if reason == "時効" else None
        age = ended_on.year - due.year - ((ended_on.month, ended_on.day) < (due.month, due.day))
        year_class = "現年" if balance["assessment_fiscal_year"] == year else "滞繰"
        assert pick(derived[(*key, is_booked)], "fiscal_year", "booked_as", "yen", "ended_on", "year_class", "age_years", "kept_chance") == (
            year, reason, yen, ended_on, year_class, age, chance), key
        chances.add(chance)
    assert len(chances) >= 3, chances


def _pledged_or_paid(rows, key) -> set[date]:
    """Days of plans and part payments; the 承認 of a 猶予 application is no try to keep a claim."""
    plans = one(rows.source("installment_plan"), "plan_number")
    pledged = {plans[(row["plan_number"],)]["pledged_on"] for row in rows.source("installment_plan_scope") if pick(row, *KEY) == key}
    return pledged | {row["received_on"] for row in rows.source("receipt") if pick(row, *KEY) == key and row["principal_yen"] > 0}


def test_the_parts_add_up_to_what_was_booked(city, rows):
    yen = sum(row["written_off_yen"] for row in rows.source("write_off") if row["fiscal_year"] > fiscal_year(rows.as_of) - 6)
    assert parts(CHIEF, "年数", is_booked=True)["yen"].sum() == sum(row["written_off_yen"] for row in rows.source("write_off")), "all years together"
    for dimension in ("事由", "区分"):
        assert parts(CHIEF, dimension, is_booked=True)["yen"].sum() == yen, dimension
    assert parts(OFFICER, "事由", is_booked=True)["yen"].sum() == yen, "the city's figure is everybody's"
    assert set(parts(OFFICER, "事由", is_booked=True)["district_code"]) <= {*OFFICER.districts, "X00"}
    listed = ask(CHIEF, "write_off_candidates", **parameters("write_off_candidates"))
    assert listed["unpaid_yen"].sum() == parts(CHIEF, "事由", is_booked=False)["yen"].sum()
    assert set(listed["needs_person"]) == {None, "要確認"}


def lost_by_district(rows, own=None):
    """What a reader of the whole city is to see: 事由 × booked × year × district → persons, installments, yen; whoever is hidden now is under 特別管理."""
    hidden = protected.hidden(connection.engine().connection)
    places = {row["atena_number"]: pick(row, "district_code", "district_name") for row in rows.derived("place")}
    found = {}
    for row in rows.derived("lost_installment"):
        if (number := row["atena_number"]) in places and number != own:
            place = ("S00", "特別管理") if number in hidden else places[number]
            people, counts = found.setdefault((*pick(row, "booked_as", "is_booked", "fiscal_year"), *place), (set(), []))
            people.add(number)
            counts.append(row["yen"])
    return {key: (len(people), len(counts), sum(counts)) for key, (people, counts) in found.items()}


def counted(own=None):
    cursor = connection.reader(connection.engine(), CHIEF)
    if own:
        cursor.execute("set variable own_numbers = ?::varchar[]", [[own]])
    told = cursor.execute("select part, is_booked, fiscal_year, district_code, district_name, person_count, installment_count, yen from disclosed.lost_count where dimension = '事由'")
    return {row[:5]: row[5:] for row in told.fetchall()}


def test_whoever_is_marked_today_is_lost_under_the_special_district_and_one_s_own_case_is_not_there(own_city, rows):
    number, ref = connection.engine().connection.cursor().execute(
        "select atena_number, atena_ref from derived.lost_installment join derived.delinquent as delinquent using (atena_number) "
        "where delinquent.district_code <> 'S00' and not is_booked order by all limit 1").fetchone()
    before = lost_by_district(rows)
    assert counted() == before
    assert counted(number) == lost_by_district(rows, number) != before
    mark(ref)
    after = lost_by_district(rows)
    assert counted() == after != before
    special = [sum(yen for key, (*_, yen) in each.items() if "S00" in key) for each in (before, after)]
    assert special[1] > special[0]
    assert sum(yen for *_, yen in after.values()) == sum(yen for *_, yen in before.values())


@pytest.mark.parametrize("is_booked", [True, False])
def test_without_persons_no_part_below_ten_is_told_and_no_total_gives_one_back(city, is_booked):
    truth = {}
    for dimension in DIMENSIONS:
        year = "fiscal_year" if dimension in ("事由", "区分") else "null"
        column = dict(zip(DIMENSIONS, ("booked_as", "year_class", "age_years::varchar", "kept_chance"), strict=True))[dimension]
        found = connection.engine().connection.cursor().execute(
            f"select {column}, {year}, list(distinct atena_number) from derived.lost_installment where is_booked = ? and {column} is not null group by all",
            [is_booked]).fetchall()
        truth[dimension] = {(part, year): set(numbers) for part, year, numbers in found}
    merged = 0
    for dimension in DIMENSIONS:
        told = {(row["part"], row["fiscal_year"]): row for row in parts(ANALYST, dimension, is_booked).iter_rows(named=True)}
        for (part, year), row in told.items():
            own = truth[dimension].get((part, year))
            if part == "そのほか":
                named = {name for name, other in told if other == year}
                own = set().union(*(numbers for (name, other), numbers in truth[dimension].items() if other == year and name not in named))
                merged += 1
            expected = len(own) if len(own) >= LEAST else None
            assert (row["person_count"], row["yen"] is None, row["installment_count"] is None) == (expected, expected is None, expected is None)
    assert merged


def test_the_effect_keeps_the_identity_and_this_year_s_rate(city, rows):
    year = standing().fiscal_year
    found = effect(CHIEF, None, year)
    assert found.waiting_yen > 0
    assert found.this_year == 0
    assert found.next_year > 0
    for before, after in zip(*(found.rows.filter(stage=stage).iter_rows(named=True) for stage in ("欠損の前", "欠損の後")), strict=True):
        for row in (before, after):
            assessed, received, refund_due, written_off, outstanding = pick(row, *TERMS)
            assert assessed == received - refund_due + written_off + outstanding
        assert (before["fiscal_year"], before["year_class"]) == (after["fiscal_year"], after["year_class"])
    whole = {row["stage"]: row for row in found.rows.filter(fiscal_year=year, year_class="合計").iter_rows(named=True)}
    assert whole["欠損の後"]["written_off_yen"] - whole["欠損の前"]["written_off_yen"] == found.waiting_yen
    ahead = {row["stage"]: row for row in found.rows.filter(fiscal_year=year + 1).iter_rows(named=True)}
    left = [sum(row["unpaid_yen"] for row in rows.derived("rate_cube") if (row["fiscal_year"], row["year_class"]) == part) for part in ((year, "滞繰"), (year - 1, "現年"))]
    assert ahead["欠損の前"]["assessed_yen"] == sum(left), "what is not due yet is not carried over"
    assert ahead["欠損の前"]["assessed_yen"] - ahead["欠損の後"]["assessed_yen"] == found.waiting_yen


def whole(question: str, user=CHIEF):
    return ask(user, question, **parameters(question))


@pytest.mark.slow
def test_a_decision_waits_for_its_booking_is_counted_once_and_is_reversed_when_nothing_is_owed(eve, capsys):
    """Decided, it is no candidate any more; booked, the person owes nothing and is on no list, yet the 取消 goes its way."""
    ref = whole("write_off_candidates").filter(booked_as="時効")["atena_ref"][0]
    own = ask(CHIEF, "write_off_installments", atena_ref=ref).filter("is_first", booked_as="時効")
    owed = dict(ask(CHIEF, "case_installments", atena_ref=ref, only_overdue=True).select("installment_key", "unpaid_yen").iter_rows())
    assert whole("write_off_candidates")["unpaid_yen"].sum() == effect(CHIEF, None, standing().fiscal_year).waiting_yen
    keys, before = dict(own.select("installment_key", "unpaid_yen").iter_rows()), _effect()
    decision = decide(ref, "write_off_decision", basis=write_off_basis(own), reason="時効", extinct_on=own["extinct_on"].max(), written_off=keys)
    assert not whole("write_off_candidates").filter(atena_ref=ref, booked_as="時効").height
    assert not keys.keys() & set(whole("write_off_statement")["installment_key"])
    assert whole("write_off_decided").select("state", "yen", "is_reversed").row(0) == (PENDING, sum(keys.values()), False)
    assert _effect() == before, "what is decided and not booked still waits, once"
    _statement(decision.event_id, keys, ref)
    gone = reference_of(NUMBER)
    owed_by_gone = ask(CHIEF, "case_installments", atena_ref=gone, only_overdue=True)["installment_key"].to_list()
    decide(gone, "suspension_decision", ground="1号", installments=owed_by_gone, is_partial=False, evidence_ids=["I01"], **AT_ONCE)
    book(owed, "時効")  # and the rest, which was decided before there was a console
    payer, key, yen = _pays_meanwhile(ref)
    report = take_in(DAY_TWO)
    assert report.is_published, [problem.sentence() for problem in report.problems]
    still = whole("write_off_decided").filter(atena_ref=payer)["yen"].sum()
    assert _effect()[1] == whole("write_off_candidates")["unpaid_yen"].sum() + still, "it has moved to the books, and waits no more"
    _extinguished(gone, owed_by_gone[0])
    _paid_meanwhile(payer, key, yen, capsys)
    assert ask(CHIEF, "case_head", atena_ref=ref).is_empty(), "nothing is owed"
    assert whole("write_off_decided").filter(atena_ref=ref).select("state", "paid_since_yen").rows() == [(BOOKED, 0)]
    assert set(whole("write_off_paper")["atena_ref"]) == {payer}, "nothing else waits"
    kept = ask(CHIEF, "write_off_paper", **{**parameters("write_off_paper"), "decision": decision.event_id})
    noted = ["installment_key", "extinct_on", "charge_yen"]
    assert set(kept.select(noted).rows()) == set(own.select(noted).rows()), "each 期別 keeps its own day"
    officer = next(user for user in (OFFICER, NEIGHBOUR) if ref in whole("write_off_decided", user)["atena_ref"])
    other = NEIGHBOUR if officer is OFFICER else OFFICER
    assert ref not in whole("write_off_decided", other)["atena_ref"]
    with pytest.raises(NotAllowed, match="担当地区にありません"):
        subject(other, ref)
    decide(ref, "write_off_reversal", officer=officer, decision=decision.event_id, reversal_ground="納付が判明")
    assert whole("write_off_decided").filter(atena_ref=ref).select("state", "note_version").rows() == [(TAKEN_BACK, 6)]
    assert whole("write_off_papers").filter(decision=decision.event_id)["state"].to_list() == ["取消済・収納の戻し待ち"]


def _pays_meanwhile(but: str) -> tuple[str, str, int]:
    """Another person's 不納欠損, decided on the eve; the next day's feed has a 速報 of one 期別. Returns 参照番号, 期別, yen."""
    ref = whole("write_off_candidates").filter(booked_as="時効").filter(~pl.col("atena_ref").is_in([but, reference_of(NUMBER)]))["atena_ref"][0]
    own = ask(CHIEF, "write_off_installments", atena_ref=ref).filter("is_first", booked_as="時効")
    decide(ref, "write_off_decision", reason="時効", extinct_on=own["extinct_on"].max(), written_off=dict(own.select("installment_key", "unpaid_yen").iter_rows()))
    key, yen = own.select("installment_key", "unpaid_yen").row(0)
    feed, (notice, number) = Feed("flash_receipt"), key.split("-")
    feed.write([*feed.rows(), feed.row(flash_number="999999999999", notice_number=notice, installment_no=number, paid_on=DAY_TWO.isoformat(), paid_yen=str(yen), channel="コンビニ", is_deleted="0")])
    return ref, key, yen


def _paid_meanwhile(ref: str, key: str, yen: int, capsys) -> None:
    """Told on the page, on the カルテ and by 期別, and in the file to 収納; the same payment stops a new decision."""
    assert whole("write_off_decided").filter(atena_ref=ref).select("state", "paid_since_yen").rows() == [(PENDING, yen)]
    told = f"納付のあった不納欠損が1件あります（{yen:,}円。消込みか速報）"
    assert [error.value for error in show(CHIEF, "write_off").at.error if told in error.value]
    case = show(CHIEF, "case", case_ref=ref)
    assert [error.value for error in case.at.error if "取消を起案してください" in error.value]
    assert f"欠損決裁済 {wording.short(DAY_TWO)}・決裁後に納付あり" in "".join(case.cells("state"))
    assert outbound.main([DAY_TWO.isoformat()]) == 0
    assert "うち1件は、決裁の後に納付があります" in capsys.readouterr().out
    assert {f"{row['通知書番号']}-{row['期別']}": row["決裁の後の納付額"] for row in sent("write_off_decision") if row["決裁の後の納付額"] != "0"} == {key: str(yen)}
    assert key in subject(CHIEF, ref).flashed


def _extinguished(ref: str, key: str) -> None:
    """What was extinguished at once is gone and waits to be written off; it is neither stopped nor watched."""
    head = ask(CHIEF, "case_head", atena_ref=ref).row(0, named=True)
    assert head["extinguished_yen"] == head["suspended_yen"] == head["unpaid_yen"] > 0
    found = whole("write_off_candidates").filter(atena_ref=ref).select("booked_as", "unpaid_yen", "needs_person", "extinct_on").rows()
    assert found == [("即時消滅", head["unpaid_yen"], None, DAY_TWO)]
    assert ref not in set(ask(CHIEF, "suspension_arrival_list", **parameters("suspension_arrival_list"))["atena_ref"])
    explained = derivation(CHIEF, ref, key, standing().as_of)
    assert explained.agrees
    assert any("直ちに消滅させる" in sentence for sentence in explained.prescription["sentence"])
    case = show(CHIEF, "case", case_ref=ref)
    assert set(case.cells("state")) == {"消滅（欠損待ち）"}
    listed = ask(CHIEF, "write_off_installments", atena_ref=ref).select("extinction_ground", "extinction_reason").unique().rows()
    assert listed == [(AT_ONCE["extinction_ground"], AT_ONCE["extinction_reason"])]
    watch = show(CHIEF, "suspension_watch", watch_view="即時消滅")
    assert (watch.cells("extinction_ground"), watch.cells("extinction_reason")) == ([AT_ONCE["extinction_ground"]], [AT_ONCE["extinction_reason"]])
    for screen in (case, show(CHIEF, "write_off", written_off_person=(ref, "即時消滅"), booked_as="即時消滅")):
        assert all(AT_ONCE[name] in screen.words() for name in ("extinction_ground", "extinction_reason"))


def _effect() -> tuple[int, int]:
    """What the year's books and the candidates make together, and what waits alone."""
    found = effect(CHIEF, None, standing().fiscal_year)
    return found.rows.filter(stage="欠損の後", year_class="合計")["written_off_yen"].sum(), found.waiting_yen


def _statement(decision: str, keys: dict[str, int], ref: str) -> None:
    wanted = export.order(CHIEF, "write_off_paper", {"district": None, "decision": None}, is_masked=True, purpose="不納欠損の決裁", reason="決裁の綴りに入れるため")
    file = export.make(CHIEF, wanted)
    assert (file.row_count, file.media_type, file.content) == (len(keys), "application/pdf", export.make(CHIEF, wanted).content)
    rows = whole("write_off_paper")
    assert dict(rows.select("installment_key", "yen").iter_rows()) == keys
    assert set(rows.select("atena_ref", "decision", "reason", "decided_on").iter_rows()) == {(ref, decision, "時効", DAY_TWO)}
