"""支援措置: no path of any question leads to a protected person, in the feed for months or marked a minute ago."""

import json
import uuid

import polars as pl
import pytest

import settings
from auth import accounts, reveal, sessions
from auth.access import User
from casework import ledger
from casework.negotiation_note import record_note
from casework.record import record
from data_access import connection, query
from data_access.intake import take_in
from data_access.question import question
from tests.data_access.feeds import DAY_TWO, Feed
from tests.data_access.test_gate_of_data import HIDDEN, HOUSEMATE, LATEST, LETTER, PROTECTED, look, views
from tests.queries.every_question import ABOUT_ONE, NAMES, PARAMETERS
from tests.staff import CHIEF, MANAGER, NEIGHBOUR, OFFICER, STAFF

EVERYWHERE = User("all", "全地区担当", "officer", "収納推進課", tuple(f"D{number:02d}" for number in range(1, 13)) + ("Z00",))
# One marker in each place where she can be found.
PHONE, BANK_PHONE, ACCOUNT, BRANCH = "090-9753-1864", "0857-97-5318", "7531864", "0167975"
NEW_HOME, PLATE, NAME = "隠町9番地9", "鳥取580あ9753", "青島　和江"
MARKERS = (PHONE, BANK_PHONE, ACCOUNT, BRANCH, "隠町", PLATE, NAME, "青島和江", PROTECTED, "9753")
FORMER = "9900000041"


def _add(table: str, *rows: dict) -> None:
    feed = Feed(table)
    feed.write([*feed.rows(), *(feed.row(**row) for row in rows)])


@pytest.fixture
def hiding(eve):
    """The wife of story 10 is protected. Her telephone, account, new home and name stand in other people's records too."""
    _add("protection", dict(atena_number=PROTECTED, measure="DV", is_domestic_violence="1", is_neglect="0", started_on="2026-10-29", **LATEST))
    letter = dict(business="国保料", addressee_name=NAME, postal_code="6800001", address=f"鳥取県いなば市{NEW_HOME}", valid_from="2026-10-29", **LATEST)
    _add("mailing_address", dict(letter, atena_number=LETTER), dict(letter, atena_number=PROTECTED, addressee_atena_number=PROTECTED))
    _add("contact", *(dict(atena_number=number, contact_no="9", contact_kind="携帯", phone=PHONE) for number in (PROTECTED, LETTER, HOUSEMATE)))
    account = dict(business="国保料", account_use="還付", usable_from="2026-10-01", bank_code=BRANCH, account_kind="普通", account_number=ACCOUNT,
                   holder_kana="アオシマ　カズエ", account_phone=BANK_PHONE, **LATEST)
    _add("bank_account", dict(account, atena_number=LETTER), dict(account, atena_number=HOUSEMATE))
    report = take_in(DAY_TWO)
    assert report.is_published, [problem.sentence() for problem in report.problems]
    return eve


def answers(user: User, refs: list[str]):
    """(question, frame) of everything `user` may ask, about each of these persons and about all."""
    cursor = connection.reader(connection.engine(), user)
    for name in NAMES:
        for ref in refs if name in ABOUT_ONE else [None]:
            given = PARAMETERS.get(name, {}) | ({"atena_ref": ref} if ref else {})
            yield name, cursor.sql(question(name).sql, params=given).pl()


def found(frame: pl.DataFrame) -> set[str]:
    text = json.dumps(frame.to_dicts(), ensure_ascii=False, default=str)
    return {marker for marker in MARKERS if marker in text}


@pytest.mark.parametrize("user", [*STAFF, EVERYWHERE], ids=lambda user: user.name)
def test_no_question_holds_a_marker(hiding, user):
    refs = [query.reference_of(number) for number in (PROTECTED, HOUSEMATE, LETTER)]
    leaks = [(name, found(frame)) for name, frame in answers(user, refs) if found(frame)]
    assert not leaks


def test_the_records_of_others_say_so_instead(hiding):
    ref = query.reference_of(LETTER)
    contacts, banks = query.ask(EVERYWHERE, "case_contacts", atena_ref=ref), query.ask(EVERYWHERE, "case_accounts", atena_ref=ref)
    assert HIDDEN in contacts["phone"].to_list()
    assert contacts.height > 1 or contacts["phone"].to_list() == [HIDDEN]
    assert HIDDEN in banks["bank_code"].to_list()


def write_note(user: User, ref: str, body: str):
    version = query.ask(CHIEF, "case_head", atena_ref=ref)["note_version"][0]
    return record_note(user, query.subject(user, ref), event_id=str(uuid.uuid4()), expected_version=version, contacted_on=DAY_TWO, method="電話",
                       direction="受信", counterpart="本人", outcome="その他", body=body, today=DAY_TWO)


@pytest.mark.parametrize("body", [f"{NAME}さんの話", "青島和江が隣にいる", f"電話は {PHONE} とのこと", f"いなば市{NEW_HOME}に移ったらしい"])
def test_a_note_that_names_a_protected_person_is_kept_back_whole(hiding, body):
    ref = query.reference_of(LETTER)
    write_note(CHIEF, ref, body)
    write_note(CHIEF, ref, "来月払うと約束")
    for user in (CHIEF, MANAGER, EVERYWHERE):
        bodies = query.ask(user, "case_events", atena_ref=ref, kind="記事")["body"].to_list()
        assert body not in bodies
        assert HIDDEN in bodies
        assert "来月払うと約束" in bodies


def mark(ref: str, user: User = CHIEF):
    version = query.ask(user, "case_head", atena_ref=ref)["note_version"][0]
    return record(user, query.subject(user, ref), "protection_mark", event_id=str(uuid.uuid4()), expected_version=version,
                  fields={"marked_on": DAY_TWO, "told_by": "本人の申出"}, today=DAY_TWO)


def one_of(user: User) -> tuple[str, str]:
    """(参照番号, 宛名番号) of a case in the officer's districts with an address."""
    row = connection.engine().connection.cursor().execute(
        "select atena_ref, atena_number from derived.delinquent where list_contains(?::varchar[], district_code) and town is not null order by 2", [list(user.districts)]).fetchone()
    assert row
    return row


@pytest.mark.parametrize("officer", [OFFICER, NEIGHBOUR], ids=lambda user: user.name)
def test_a_mark_hides_at_the_very_next_question_on_every_day_that_is_looked_at(own_city, officer):
    ref, number = one_of(officer)
    days = [kept.id for kept in query.kept()]
    assert len(days) == 2
    old = query.ask(officer, "case_head", snapshot_id=days[-1], atena_ref=ref)
    assert query.ask(officer, "case_head", atena_ref=ref).height == old.height == 1
    mark(ref)
    for day in days:
        cursor = connection.reader(connection.engine_of(day), officer)
        for view in views(connection.engine_of(day)):
            rows = look(cursor, view)
            assert not [row for row in rows if row.get("atena_ref") == ref], (day, view)
        head = query.ask(CHIEF, "case_head", snapshot_id=day, atena_ref=ref).to_dicts()[0]
        assert (head["district_name"], head["town"], head["address"], head["is_protected"]) == ("特別管理", HIDDEN, HIDDEN, True)
    with pytest.raises(query.NotAllowed, match="担当地区にありません"):
        query.subject(officer, ref)
    assert query.ask(CHIEF, "case_marks", atena_ref=ref).height == 1
    assert number in connection.protected.marked()


def test_the_household_goes_with_the_marked(own_city):
    ref, number = one_of(OFFICER)
    cursor = connection.engine().connection.cursor()
    cursor.execute("select atena_number from source.person where household_number = (select household_number from source.person where atena_number = ?)", [number])
    home = {one for (one,) in cursor.fetchall()}
    mark(ref)
    assert home <= connection.protected.hidden(connection.engine().connection)


def test_no_feed_lifts_a_mark(eve):
    """The next day's feed knows nothing of it, and the person stays hidden in the new snapshot until somebody lifts it."""
    ref, number = one_of(OFFICER)
    event = mark(ref)
    assert take_in(DAY_TWO).is_published
    assert query.ask(OFFICER, "case_head", atena_ref=ref).is_empty()
    is_protected = connection.engine().connection.cursor().execute("select is_protected from derived.place where atena_number = ?", [number]).fetchone()
    assert is_protected == (True,)
    day = DAY_TWO.replace(day=31)
    record(MANAGER, query.subject(MANAGER, ref), "protection_lift", event_id=str(uuid.uuid4()), expected_version=ledger.version_of(number),
           fields={"mark": event.event_id, "lifted_on": day, "lift_ground": "登録の誤り"}, today=day)
    assert number not in connection.protected.marked()
    assert query.ask(CHIEF, "case_marks", atena_ref=ref).is_empty()


# 一時解除 in the data: it is about one person and no other

REASON = "本人確認のため電話番号を確かめる"


def revealed(user: User, ref: str, *classes: str) -> None:
    accounts.create(user.name, password="試験のための長いことば2026", display_name=user.display_name, role=user.role, section=user.section, districts=user.districts, training_on=settings.today())
    sid = sessions.find(sessions.start(user.name, "10.0.0.1")).sid
    if reveal.request(user, sid, ref, list(classes), "本人確認", REASON) is None:
        reveal.approve(MANAGER if user.role != "manager" else CHIEF, reveal.waiting()[0]["id"])


def source(table: str, number: str) -> list[dict]:
    return connection.engine().connection.cursor().sql(f"from source.{table} where atena_number = $n", params={"n": number}).pl().to_dicts()


def with_contact(user: User) -> tuple[str, str]:
    row = connection.engine().connection.cursor().execute(
        "select atena_ref, atena_number from derived.delinquent join source.contact using (atena_number) join source.bank_account using (atena_number) "
        "where not is_protected and (? or list_contains(?::varchar[], district_code)) order by 2", [user.role != "officer", list(user.districts)]).fetchone()
    assert row, "the small city has somebody with a telephone and an account"
    return row


@pytest.mark.parametrize("user", [EVERYWHERE, CHIEF, MANAGER], ids=lambda user: user.role)
@pytest.mark.parametrize("name", ["C1", "C3", "C4"])
def test_the_revealed_class_is_read_and_the_others_stay_masked(own_city, user, name):
    ref, number = with_contact(user)
    phones, banks = {row["phone"] for row in source("contact", number)}, {row["account_number"] for row in source("bank_account", number)}

    def seen() -> dict[str, set]:
        return {"C1": set(query.ask(user, "case_head", atena_ref=ref)["atena_number_shown"]),
                "C3": set(query.ask(user, "case_contacts", atena_ref=ref)["phone"]), "C4": set(query.ask(user, "case_accounts", atena_ref=ref)["account_number"])}
    real, before = {"C1": {number}, "C3": phones, "C4": banks}, seen()
    assert all(before[one].isdisjoint(real[one]) for one in real)
    revealed(user, ref, name)
    after = seen()
    assert after[name] == real[name]
    assert all(after[one] == before[one] for one in real if one != name)


def test_a_question_over_many_never_benefits(own_city):
    ref, _ = with_contact(CHIEF)
    before = {name: frame for name, frame in answers(CHIEF, []) if "atena_ref" in frame.columns}
    revealed(CHIEF, ref, "C1", "C2", "C3", "C4")
    for name, frame in before.items():
        assert query.ask(CHIEF, name, **PARAMETERS.get(name, {})).equals(frame), name
    other = next(one for one in before["district_worklist"]["atena_ref"] if one != ref)
    assert query.ask(CHIEF, "case_head", atena_ref=ref)["name"][0][-2:] != "＊＊"
    assert query.ask(CHIEF, "case_contacts", atena_ref=other).filter(pl.col("phone").str.contains(r"^\d{2}")).is_empty()
    assert query.ask(CHIEF, "case_head", atena_ref=ref)["name"][0][-2:] != "＊＊", "only the カルテ of another ends it"
    query.ask(CHIEF, "case_head", atena_ref=other)
    assert query.ask(CHIEF, "case_head", atena_ref=ref)["name"][0][-2:] == "＊＊"


def test_a_revealed_cursor_holds_one_person(own_city):
    ref, _ = with_contact(CHIEF)
    served = connection.engine()
    revealed(CHIEF, ref, "C2", "C4")
    cursor = connection.reader(served, CHIEF, revealed=reveal.granted(CHIEF, ref))
    for view in views(served):
        refs = {row["atena_ref"] for row in look(cursor, view) if "atena_ref" in row}
        if view != "difference":
            assert refs <= {ref}, view


def test_a_reveal_names_nobody_else_of_the_household(own_city):
    """The chief reads the one name that was asked for; who lives there stays masked, whatever classes were revealed."""
    ref, own = connection.engine().connection.cursor().execute(
        "select atena_ref, any_value(owing.name) from derived.household_member join serving.delinquent as owing using (atena_number) "
        "where not is_protected group by 1 having count(*) > 2 order by 1").fetchone()
    before = query.ask(CHIEF, "case_household", atena_ref=ref)
    revealed(CHIEF, ref, "C1", "C2", "C3", "C4")
    after = query.ask(CHIEF, "case_household", atena_ref=ref)
    masked = after.filter(pl.col("name").str.ends_with("＊＊"))
    assert after.filter(~pl.col("name").str.ends_with("＊＊"))["name"].to_list() == [own]
    assert masked.height == before.height - 1
    assert masked.select("relation", "resident_state").null_count().row(0) == (masked.height, masked.height)


def test_a_protected_person_is_read_only_with_the_approved_c7(own_city):
    (ref,) = connection.engine().connection.cursor().execute("select atena_ref from derived.delinquent where is_protected").fetchone()
    revealed(CHIEF, ref, "C1", "C2", "C3", "C4")
    head = query.ask(CHIEF, "case_head", atena_ref=ref).to_dicts()[0]
    assert (head["town"], head["address"]) == (HIDDEN, HIDDEN)
    reveal.request(CHIEF, sessions.find(sessions.start(CHIEF.name, "10.0.0.1")).sid, ref, ["C2", "C7"], "本人確認", REASON)
    assert query.ask(CHIEF, "case_head", atena_ref=ref)["address"][0] == HIDDEN
    reveal.approve(MANAGER, reveal.waiting()[0]["id"])
    head = query.ask(CHIEF, "case_head", atena_ref=ref).to_dicts()[0]
    assert HIDDEN not in (head["town"], head["address"])
