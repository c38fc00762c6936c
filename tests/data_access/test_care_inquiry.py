"""長寿社会課照会 (gate.md B24): one person per request, four facts and no fifth, in the log before it is read, a number a day."""

import dataclasses
import json
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest

import settings
from audit import log, watch
from audit.log import AuditUnavailable
from auth import limits
from auth.access import NotAllowed
from data_access import care_inquiry, connection, derive
from data_access.care_inquiry import NOT_TARGET, PURPOSES, TOLD, CareAnswer, inquire, inquiries
from data_access.query import ask, looking_at
from law.calendar import last_day
from law.sanctions import long_term_care_extract, second_insured_ages
from tests.data_access.source_rows import one
from tests.queries.every_question import entries_after
from tests.staff import ADMIN, ANALYST, AUDITOR, CHIEF, LTC_READER, MANAGER, OFFICER

READER = replace(LTC_READER, name="choju9")  # whose day no other test has begun
ELSEWHERE = replace(LTC_READER, name="kaigo1", section="介護認定課")  # only in cities of their own
MY_NUMBER = "123456789018"


def reached(birth_date: date, years: int) -> date:
    """The day one reaches an age: the eve of the birthday."""
    return last_day(birth_date, 12 * years)


@pytest.fixture(scope="module")
def told(rows) -> dict[str, CareAnswer | None]:
    """宛名番号 → what the law lets out of each person, from the feeds in plain Python; None = 対象外."""
    as_of, ages = rows.as_of, second_insured_ages(rows.as_of)
    insured, hidden = one(rows.source("nhi_eligibility"), "atena_number"), {row["atena_number"] for row in rows.derived("place") if row["is_protected"]}
    unpaid = defaultdict(list)
    for row in rows.derived("balance"):
        unpaid[row["atena_number"]].append((row["due_date"], row["unpaid_yen"]))
    found = {}
    for person in rows.source("person"):
        number, held = person["atena_number"], insured.get((person["atena_number"],))
        is_target = (
            number not in hidden and person["birth_date"] is not None and held is not None
            and reached(person["birth_date"], ages.start) <= as_of < reached(person["birth_date"], ages.stop)
            and held["acquired_on"] <= as_of and (held["lost_on"] is None or held["lost_on"] > as_of))
        extract = long_term_care_extract(unpaid[number], as_of)
        found[number] = CareAnswer("", extract.arrears_yen, extract.arrears_period, as_of) if is_target else None
    return found


def ask_about(number: str | None = None, user=READER, **more) -> CareAnswer:
    return inquire(user, **({"document": "R8-001", "purpose": PURPOSES[0], "atena_number": number} | more))


def in_arrears(told) -> str:
    return min(number for number, answer in told.items() if answer and answer.arrears_yen)


def test_everybody_s_answer_is_what_the_law_lets_out_and_the_register_says(city, told):
    served, answers = connection.engine(), {}
    for number in told:
        is_answered, yen, since, until, as_of, fitting, _ = care_inquiry._read(served, READER, number, None, None)
        assert fitting == [number]
        answers[number] = CareAnswer("", yen, (since, until) if since else None, as_of) if is_answered else None
    assert answers == told
    assert len([answer for answer in told.values() if answer and answer.arrears_yen]) > 10
    assert {None} < {answer and answer.arrears_period for answer in told.values()}


def test_the_answer_has_four_facts_and_a_pseudonym_of_its_own(city, told):
    assert [field.name for field in dataclasses.fields(CareAnswer)] == ["pseudonym", "arrears_yen", "arrears_period", "as_of"]
    number = in_arrears(told)
    found = ask_about(number)
    assert replace(found, pseudonym="") == told[number]
    key = settings.secret("pseudonym")
    of_years = {derive.pseudonym(number, "care_inquiry", date(year, 5, 1), key) for year in (2025, 2026)}
    others = {derive.pseudonym(number, "research", found.as_of, key), derive.atena_ref(number, key)}
    assert found.pseudonym in of_years
    assert len(of_years | others) == 4, "it joins with no other year, no other purpose and no list"
    assert derive.pseudonym(number, "care_inquiry", date(2027, 3, 31), key) == found.pseudonym


def test_by_name_and_birth_date_it_is_the_same_person_however_the_name_is_written(city, rows, told):
    number = in_arrears(told)
    person = one(rows.source("person"), "atena_number")[(number,)]
    by_number = ask_about(number)
    for name in (person["name"], person["name_kana"], person["name_kana"].replace(" ", "　")):
        assert ask_about(name=name, birth_date=person["birth_date"]) == by_number
    for name, birth_date in ((person["name"][:2], person["birth_date"]), (person["name"], person["birth_date"] + timedelta(days=1)), ("　", person["birth_date"])):
        if name.strip():
            assert ask_about(name=name, birth_date=birth_date).pseudonym is None, "the whole name, and the very day"


def test_one_nobody_is_like_another(city, rows, told):
    """Not found, protected, too old, not insured: the same answer from the same statement, and as many entries."""
    hidden = min(row["atena_number"] for row in rows.derived("place") if row["is_protected"])
    number_of = {"not found": "0000000001", "protected": hidden, "no target": min(number for number, answer in told.items() if answer is None and number != hidden)}
    answers, entries = set(), {}
    for why, number in number_of.items():
        before = log.count()
        answers.add(ask_about(number))
        entries[why] = [(row["action"], row["row_count"], json.loads(row["detail"]).get("answer")) for row in entries_after(before)]
    assert answers == {CareAnswer(None, None, None, rows.as_of)}
    assert list(entries.values()) == [[("care_inquiry.ask", 0, None), ("care_inquiry.answer", 1, NOT_TARGET)]] * 3
    seen = [{name: value for name, value in row.items() if name not in ("asked_at", "document")} for row in inquiries(READER)[:3]]
    assert seen == [{"asked_by": READER.name, "asked_purpose": PURPOSES[0], "answer": NOT_TARGET}] * 3


def test_two_who_fit_are_nobody(city, rows):
    """Two people with one name and birth date (名寄せの候補): neither is told of, whichever of them may be."""
    alike = defaultdict(list)
    for row in rows.source("person"):
        alike[row["name_kana"], row["birth_date"]].append(row["atena_number"])
    several = {who: sorted(numbers) for who, numbers in alike.items() if len(numbers) > 1 and all(who)}
    assert several, "the stories have such a pair"
    for (name, birth_date), numbers in several.items():
        is_answered, yen, *_, fitting, _ = care_inquiry._read(connection.engine(), READER, None, name, birth_date)
        assert (is_answered, yen, fitting) == (False, None, numbers)


def test_whoever_is_marked_this_minute_is_nobody_the_next(own_city, rows, told, monkeypatch):
    number = in_arrears(told)
    assert ask_about(number).pseudonym
    monkeypatch.setattr(connection.protected, "marked", lambda: frozenset({number}))
    assert ask_about(number) == CareAnswer(None, None, None, rows.as_of)
    newest = {user.role: inquiries(user)[0] for user in (MANAGER, CHIEF, AUDITOR, READER)}
    reference = derive.atena_ref(number, settings.secret("pseudonym"))
    assert [newest[role]["is_for_chief"] for role in ("manager", "chief")] == [True, True], "they answer it themselves"
    assert [newest[role].get("atena_ref") for role in ("manager", "chief", "auditor", "ltc_reader")] == [reference] * 3 + [None]
    assert not {"is_for_chief"} & (newest["auditor"].keys() | newest["ltc_reader"].keys())


def test_the_own_record_is_a_stranger_s(own_city, rows, told):
    number = in_arrears(told)
    reference = derive.atena_ref(number, settings.secret("pseudonym"))
    watch.add(MANAGER, "職員", READER.name, reference)
    before = log.count()
    assert ask_about(number) == CareAnswer(None, None, None, rows.as_of)
    assert [row["action"] for row in entries_after(before)] == ["care_inquiry.ask", "refused", "care_inquiry.answer"]
    assert "is_for_chief" not in inquiries(READER)[0]
    assert inquiries(CHIEF)[0]["is_for_chief"] is False


def test_it_is_on_record_before_anything_is_read(own_city, told, monkeypatch):
    number, before = in_arrears(told), log.count()

    def reads(*_):
        written = entries_after(before)
        assert [row["action"] for row in written] == ["care_inquiry.ask"]
        assert json.loads(written[0]["detail"]) == {"document": "R8-001", "purpose": PURPOSES[0], "searched_by": ["atena_ref"], "section": "長寿社会課"}
        raise RuntimeError("the power goes")

    with monkeypatch.context() as patch:
        patch.setattr(care_inquiry, "_read", reads)
        with pytest.raises(RuntimeError):
            ask_about(number)
    assert inquiries(CHIEF)[0]["answer"] == "回答していない"

    def full(**_):
        raise AuditUnavailable("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(log, "append", full)
        patch.setattr(care_inquiry, "_read", lambda *_: pytest.fail("nothing is read that is not on record"))
        with pytest.raises(AuditUnavailable):
            ask_about(number)


def test_the_log_holds_no_name_and_no_birth_date(city, rows, told):
    person = one(rows.source("person"), "atena_number")[(in_arrears(told),)]
    before = log.count()
    ask_about(name=person["name"], birth_date=person["birth_date"])
    text = json.dumps(entries_after(before), ensure_ascii=False)
    assert person["name"] not in text
    assert str(person["birth_date"]) not in text
    assert person["atena_number"] not in text


@pytest.mark.parametrize(("more", "says"), [
    ({"document": ""}, "照会番号"), ({"document": "長寿 太郎の件"}, "照会番号"), ({"document": "x" * 21}, "照会番号"), ({"purpose": "調べもの"}, "目的"),
    ({"atena_number": "123"}, "数字10桁"), ({"atena_number": None}, "氏名だけでは"), ({"atena_number": None, "name": "ヤマダ タロウ"}, "氏名だけでは"),
    ({"atena_number": None, "birth_date": date(1970, 1, 1)}, "氏名だけでは"), ({"name": "ヤマダ タロウ", "birth_date": date(1970, 1, 1)}, "空に"),
    ({"atena_number": MY_NUMBER}, "個人番号"), ({"document": MY_NUMBER}, "個人番号"), ({"atena_number": None, "name": MY_NUMBER, "birth_date": date(1970, 1, 1)}, "個人番号"),
], ids=str)
def test_what_is_no_inquiry_is_refused_on_record_and_counts_for_nothing(city, told, more, says):
    before = log.count()
    with pytest.raises(NotAllowed, match=says) as refused:
        ask_about(in_arrears(told), **more)
    (entry,) = entries_after(before)
    assert (entry["action"], entry["question"]) == ("refused", "care_inquiry")
    assert json.loads(entry["detail"])["reason"] == str(refused.value)
    assert MY_NUMBER not in json.dumps(entry)


@pytest.mark.parametrize("user", [MANAGER, CHIEF, OFFICER, ANALYST, ADMIN, AUDITOR], ids=lambda user: user.role)
def test_nobody_else_asks(city, told, user):
    with pytest.raises(NotAllowed, match="権限がありません"):
        ask_about(in_arrears(told), user=user)


@pytest.mark.parametrize("user", [OFFICER, ANALYST, ADMIN], ids=lambda user: user.role)
def test_nobody_else_sees_what_was_asked(city, user):
    with pytest.raises(NotAllowed, match="権限がありません"):
        inquiries(user)


def test_an_account_without_training_asks_nothing(city, told):
    with pytest.raises(NotAllowed, match="研修"):
        ask_about(in_arrears(told), user=replace(READER, is_trained=False))


def test_on_an_older_day_nothing_is_asked(city, told):
    with looking_at("20200101T000000Z-00000000"), pytest.raises(NotAllowed, match="前の基準日"):
        ask_about(in_arrears(told))


def test_the_day_s_number_ends_an_enumeration_and_tomorrow_begins_anew(own_city, told, monkeypatch):
    few = replace(limits.limits(settings.today()), most_inquiries_a_day={"ltc_reader": 3})
    monkeypatch.setattr(limits, "_every", lambda: (few,))
    numbers = sorted(told)[:5]
    for number in numbers[:3]:
        ask_about(number, user=ELSEWHERE)
    for number in (numbers[0], numbers[3]):  # the same person again counts too: another question is another answer
        with pytest.raises(NotAllowed, match="今日照会できる件数（3件）に達しました"):
            ask_about(number, user=ELSEWHERE)
    ask_about(numbers[0], user=replace(ELSEWHERE, name="kaigo2"))  # another account has its own day
    now = settings.now()
    monkeypatch.setattr(settings, "now", lambda: now + timedelta(days=1))
    assert ask_about(numbers[3], user=ELSEWHERE).as_of


def test_each_office_sees_the_log_and_the_asking_office_only_its_own(own_city, told):
    number, here = in_arrears(told), replace(READER, name="choju7", section="長寿福祉課")
    ask_about(number, user=here, document="A-1")
    ask_about(number, user=ELSEWHERE, document="B-1")
    with pytest.raises(NotAllowed):
        ask_about(number, user=ELSEWHERE, document="")
    assert [row["document"] for row in inquiries(here)] == ["A-1"]
    assert [(row["document"], row["answer"]) for row in inquiries(replace(here, name="choju8"))] == [("A-1", TOLD)], "a colleague's too"
    assert [(row["document"], row["answer"]) for row in inquiries(ELSEWHERE)] == [(None, "拒否"), ("B-1", TOLD)]
    for user in (MANAGER, CHIEF, AUDITOR):
        assert [(row["asked_by"], row["document"], row["answer"]) for row in inquiries(user)[:3]] == [
            (ELSEWHERE.name, None, "拒否"), (ELSEWHERE.name, "B-1", TOLD), (here.name, "A-1", TOLD)]


@pytest.mark.parametrize("name", ["case_head", "case_search", "district_worklist", "rate_by_year"])
def test_it_is_the_only_way(city, name):
    with pytest.raises(NotAllowed):
        ask(READER, name)
