"""名寄せ as it is shown and decided: the protected stand beside nobody, a decision holds for its evidence, a search forgives."""

import uuid
from datetime import date

import pytest

from auth.access import User
from casework.record import EntryRefused, record
from data_access import query
from data_access.intake import take_in
from data_access.outbound import send_out
from tests.data_access.feeds import DAY_TWO, Feed
from tests.data_access.test_entries import write
from tests.data_access.test_outbound import rows as sent
from tests.staff import CHIEF, OFFICER

NEW, OLD, HEIR_OF, LINKED, PROTECTED = "9900000400", "9900000420", "9900000180", "9900000160", "9900000150"
EVERYWHERE = User("all", "全地区", "officer", "", tuple(f"D{number:02d}" for number in range(1, 13)) + ("Z00",))
LATEST = {"history_number": "1", "is_latest": "1", "is_deleted": "0"}


def asked(name: str, number: str, user=EVERYWHERE) -> list[dict]:
    return query.ask(user, name, atena_ref=query.reference_of(number)).to_dicts()


def judge(number: str, judgement: str, key: str):
    ref = query.reference_of(number)
    version = query.ask(OFFICER, "case_head", atena_ref=ref)["note_version"][0]
    return record(OFFICER, query.subject(OFFICER, ref), "duplicate_decision", event_id=str(uuid.uuid4()), expected_version=version, today=DAY_TWO,
                  fields={"decided_on": DAY_TWO, "suspect": key, "judgement": judgement, "reason": "戸籍の附票を見た。"})


def test_the_true_double_shows_both_values_and_their_tables(city):
    found = [row for row in asked("case_duplicates", NEW, OFFICER) if row["rule"] == "カナと住所" and row["item"] == "住所"]
    (row,) = found
    assert (row["own_value"], row["own_table"], row["other_table"]) == ("鳥取県倉吉市上井12番3号", "宛名基本（転入前）", "宛名基本（転出先）")
    assert (row["pair_strength"], row["other_unpaid_yen"], row["other_ref"]) == (3, 24_000, query.reference_of(OLD))
    assert {each["own_value"] for each in asked("case_duplicates", NEW, CHIEF)} == {None}


def test_a_decided_pair_is_gone_from_both_cases_until_its_evidence_changes(eve):
    key = asked("case_duplicates", NEW, OFFICER)[0]["suspect_key"]
    event = judge(NEW, "別人", key)
    assert event.payload["suspect"] == [{"other_number": OLD, "evidence": key}]
    assert asked("case_duplicates", NEW) == asked("case_duplicates", OLD) == []
    with pytest.raises(EntryRefused, match="すでに判断された"):
        judge(OLD, "同一人", key)
    contact = Feed("contact")
    contact.write([*contact.rows(), contact.row(atena_number=OLD, contact_no="1", contact_kind="携帯", phone="090-0999-0040", contact_set_on="2026-10-29")])
    assert take_in(DAY_TWO).problems == []
    shown = asked("case_duplicates", NEW, OFFICER)
    assert {row["rule"] for row in shown} == {"カナと生年月日", "カナと住所", "生年月日と電話"}, "the same telephone is new evidence"
    assert {row["own_value"] for row in shown if row["item"] == "電話番号"} == {"****0040"}
    judge(NEW, "同一人", asked("case_duplicates", NEW, OFFICER)[0]["suspect_key"])
    send_out(DAY_TWO)
    (line,) = sent("duplicate_decision")
    assert (line["宛名番号"], line["同一人とみられる宛名番号"], line["判断"]) == (NEW, OLD, "同一人")
    assert [row["summary"] for row in query.ask(OFFICER, "case_events", atena_ref=query.reference_of(NEW), kind="名寄せ").to_dicts()] == ["候補の判断 同一人", "候補の判断 別人"]


def test_the_protected_stand_beside_nobody(eve):
    """Neither as a double, nor as another number, nor as an heir; and what they would bear is left, as if nobody were known."""
    protection, links = Feed("protection"), Feed("linked_person")
    protection.write([*protection.rows(), protection.row(atena_number=OLD, measure="DV", is_domestic_violence="1", is_neglect="0", started_on="2026-10-29", **LATEST)])
    links.write([*links.rows(), links.row(atena_number=LINKED, former_atena_number=PROTECTED, link_reason="その他", linked_on="2020-01-01")])
    ref = query.reference_of(HEIR_OF)
    for heir in (PROTECTED, "9900000010"):
        write(ref, "succession", opened_on=date(2026, 1, 5), death_ground="戸籍", heir_atena_number=heir, share_numerator=1, share_denominator=2)
    assert take_in(DAY_TWO).problems == []
    for user in (EVERYWHERE, CHIEF):
        assert asked("case_duplicates", NEW, user) == []
        assert asked("case_related_numbers", LINKED, user) == []
        heirs = asked("case_heirs", HEIR_OF, user)
        assert [(row["atena_number_shown"], row["basis"], row["share_yen"]) for row in heirs] == [("****0010", "承継の記録", 24_000), (None, "残り", 24_000)]
        told = query.ask(user, "case_events", atena_ref=ref, kind="承継")["summary"].to_list()
        assert told == ["相続人 持分 1/2"] * 2, "who writes a number in learns nothing of whose it is"
        assert query.reference_of(OLD) not in query.ask(user, "duplicates", district=None, strength=None, page_size=1_000, skipped=0)["other_ref"].to_list()


def test_heirs_and_the_household_of_the_dead(city):
    heirs = asked("case_heirs", "9900000100", OFFICER)
    assert [(row["name"], row["relation"], row["share"], row["share_yen"], row["basis"]) for row in heirs] == [
        ("青島　和江", "配偶者", "1/2", 12_000, "承継明細"), ("青島　光", "子", "1/2", 12_000, "承継明細")]
    (alone,) = asked("case_household_arrears", "9900000100", OFFICER)
    assert (alone["is_self"], alone["total_yen"]) == (True, 24_000)


@pytest.mark.parametrize("name", ["だいかくじゆうこ", "ﾀﾞｲｶｸｼﾞ ﾕｰｺ", "ダイカクジ　ユコ", "大覚寺　裕", "大覺寺"])
def test_a_search_forgives_how_a_name_is_written(city, name):
    def found(user, **more) -> set[str]:
        return set(query.ask(user, "case_search", **{"atena_ref": None, "person_name": name, "birth_date": None, "town": "富安", **more})["atena_ref"])

    assert found(OFFICER) == {query.reference_of(NEW), query.reference_of(OLD)}
    assert found(OFFICER, town=None) == set(), "a name alone finds nobody"
    assert found(CHIEF) == set(), "who may not read a name may not search by it"
