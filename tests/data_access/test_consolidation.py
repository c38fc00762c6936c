"""名寄せ: groups, heirs' shares, suspects and search keys beside their twins: on the city, and on thousands of drawn cases."""

import random
from datetime import date, timedelta

import duckdb
import polars as pl
import pytest

from data_access import search_key
from data_access.contract import tables
from data_access.derive import HERE
from sample_city.stories import answers
from tests.data_access import consolidation_twins as twins
from tests.data_access.source_rows import pick

SEED = 20_261_124
CASES = 2_500
AS_OF = date(2026, 10, 30)
STRENGTHS = {3: "強", 2: "中", 1: "弱"}
SUSPECT = ("first_number", "second_number", "rule", "strength", "item", "first_value", "second_value", "first_table", "second_table", "first_on", "second_on")
KINDS = {"yen": pl.Int64, "integer": pl.Int64, "date": pl.Date, "flag": pl.Boolean}
DEBT = {"atena_number": pl.String, "notice_number": pl.String, "installment_no": pl.String, "unpaid_yen": pl.Int64}
OWN = {"derived.open_installment": DEBT, "derived.delinquent": {"atena_number": pl.String}, "derived.hidden_person": {"atena_number": pl.String},
       "derived.entry": {"atena_number": pl.String, "kind": pl.String, "payload": pl.String},
       "source.person_history": None}


def derived(steps: list[str], **given: list[dict]) -> duckdb.DuckDBPyConnection:
    """A database in which `steps` have run over the given rows; a table without rows is empty."""
    database = duckdb.connect()
    database.execute("create schema source; create schema derived")
    database.execute("set variable as_of = ?::date", [AS_OF])
    search_key.create(database)
    contract = {f"source.{name}": {column.name: KINDS.get(column.kind, pl.String) for column in tables()[name].columns}
                for name in ("person", "linked_person", "heir", "succession", "contact")}
    for name, schema in {**contract, **OWN, "source.person_history": contract["source.person"]}.items():
        database.register("given", pl.DataFrame(given.get(name.split(".")[1], []), schema=schema, orient="row").to_arrow())
        database.execute(f"create table {name} as select * from given")
    for step in steps:
        database.execute((HERE / f"{step}.sql").read_text("utf-8"))
    return database


def rows_of(database: duckdb.DuckDBPyConnection, name: str) -> list[dict]:
    return database.sql(f"from derived.{name}").pl().to_dicts()


# --- 曖昧検索

SAME = [("ガクトウ", "カクトー", "ｶﾞｸﾄｳ", "がくとう"), ("オオノ　ユウコ", "オーノ・ユーコ", "ｵｵﾉ ﾕｳｺ", "おおの ゆうこ", "オウノユウコ"), ("シュンイチ", "シユンイチ"), ("ミヅホ", "ミズホ"),
        ("髙橋", "高橋", "髙　橋"), ("山﨑", "山崎", "山嵜"), ("渡邊", "渡辺", "渡邉"), ("齋藤", "斉藤", "斎藤"), ("ａｎｎａ", "Anna", "ＡＮＮＡ")]
OTHER = [("タナカ", "タナベ"), ("山本", "山木"), ("カズヤ", "カズマ"), ("高田", "高橋")]


def keyed(*texts: str) -> list[str]:
    with duckdb.connect() as database:
        search_key.create(database)
        return [database.execute("select name_key(?)", [text]).fetchone()[0] for text in texts]


@pytest.mark.parametrize("texts", SAME, ids=lambda texts: texts[0])
def test_one_name_has_one_key(texts):
    assert len(set(keyed(*texts))) == 1, keyed(*texts)


@pytest.mark.parametrize("texts", OTHER, ids=lambda texts: texts[0])
def test_two_names_have_two(texts):
    assert len(set(keyed(*texts))) == len(texts)


def test_keys_are_their_twins_on_drawn_text():
    draw = random.Random(SEED)
    letters = [chr(code) for code in [*range(0x3041, 0x3097), *range(0x30A1, 0x30FB), *range(0xFF66, 0xFF9E), *range(0xFF21, 0xFF3B), *range(0x61, 0x7B)]]
    letters += list("　 ー・髙高﨑崎碕邊邉辺濱浜齋齊斎斉澤沢櫻廣嶋冨國田中") + ["ガ", "ｶﾞ"]
    texts = ["".join(draw.choices(letters, k=draw.randint(0, 9))) for _ in range(CASES)]
    for text, key in zip(texts, keyed(*texts), strict=True):
        assert key == twins.name_key(text), (SEED, text)


def test_keys_of_the_city(rows):
    expected = {(row["atena_number"], kind, twins.name_key(row[name])) for row in rows.source("person")
                for kind, name in (("カナ", "name_kana"), ("カナ", "name_search_kana"), ("氏名", "name"), ("通称", "common_name"))}
    found = [pick(row, "atena_number", "key_kind", "search_key") for row in rows.derived("person_search_key")]
    assert len(found) == len(set(found))
    assert set(found) == {row for row in expected if row[2]}


# --- 関連宛名

def link(one: str, other: str, on: date = date(2020, 1, 1), until: date | None = None, reason: str | None = None) -> dict:
    return {"atena_number": one, "former_atena_number": other, "link_reason": "その他", "linked_on": on, "unlink_reason": reason, "unlinked_on": until}


def test_groups_of_drawn_links():
    draw, links = random.Random(SEED), {}
    for case in range(CASES):
        numbers = [f"{case:06}{place}" for place in range(draw.randint(2, 7))]
        for _ in range(draw.randint(1, 7)):
            one, other = draw.choice(numbers), draw.choice(numbers)
            until = draw.choice([None, None, None, AS_OF - timedelta(days=1), AS_OF, AS_OF + timedelta(days=1)])
            links[one, other] = link(one, other, AS_OF + timedelta(days=draw.choice([-900, -1, 0, 1])), until, until and draw.choice(["誤登録", "その他"]))
    expected = twins.groups(list(links.values()), AS_OF)
    with derived(["person_group"], linked_person=list(links.values())) as database:
        found = rows_of(database, "person_group")
    assert {row["atena_number"]: row["group_number"] for row in found} == expected, SEED
    assert len(found) == len(expected) > CASES


def test_groups_of_the_city(rows):
    found = rows.derived("person_group")
    assert {row["atena_number"]: row["group_number"] for row in found} == twins.groups(rows.source("linked_person"), rows.as_of)


def test_another_number_of_a_protected_person_is_hidden_too():
    with derived(["person_group"], linked_person=[link("B", "A"), link("C", "B"), link("E", "D")]) as database:
        database.execute("create table derived.place as from (values ('A', true), ('C', false), ('D', false), ('F', true)) as t (atena_number, is_protected)")
        database.execute((HERE / "hidden_person.sql").read_text("utf-8"))
        assert [row["atena_number"] for row in rows_of(database, "hidden_person")] == ["A", "B", "C", "F"]


# --- 相続

def entry(deceased: str, heir: str, numerator: int, denominator: int) -> dict:
    return {"atena_number": deceased, "kind": "succession",
            "payload": f'{{"heir_atena_number": "{heir}", "share_numerator": {numerator}, "share_denominator": {denominator}}}'}


def inheritances(draw: random.Random) -> dict[str, list[dict]]:
    heirs, recorded, notified, debts = [], [], [], []
    for case in range(CASES):
        dead = f"D{case:06}"
        debts += [{"atena_number": dead, "notice_number": f"N{case:06}", "installment_no": f"{no:02}", "unpaid_yen": draw.randint(1, 30_000)} for no in range(1, draw.randint(2, 4))]
        size = draw.randint(0, 4)
        parts = [(1, size)] * size if draw.random() < 0.5 else [(draw.randint(0, 3), draw.choice([2, 3, 6, 7])) for _ in range(size)]
        for no, (numerator, denominator) in enumerate(parts, start=1):
            number = draw.choice([f"H{case:06}{no}", f"H{case:06}1", None])
            heirs.append({"atena_number": dead, "heir_no": no, "heir_atena_number": number, "name": "相続　人", "relation": "子", "share_numerator": numerator,
                          "share_denominator": denominator, "renounced_on": None if numerator else date(2026, 1, 1)})
        for debt in [row for row in debts if row["atena_number"] == dead and size and draw.random() < 0.5]:
            cut = sorted(draw.randint(0, debt["unpaid_yen"]) for _ in range(size - 1))
            yens = [high - low for low, high in zip([0, *cut], [*cut, debt["unpaid_yen"] + draw.choice([0, 0, 500])], strict=True)]
            notified += [{**{name: debt[name] for name in ("atena_number", "notice_number", "installment_no")}, "heir_no": no, "succeeded_yen": yen,
                          "succession_notified_on": None} for no, yen in enumerate(yens, start=1) if yen]
        if draw.random() < 0.4:
            recorded += [entry(dead, number, draw.randint(1, 3), draw.choice([2, 3, 4])) for number in draw.sample([f"H{case:06}{no}" for no in range(1, 6)], draw.randint(1, 3))]
    return {"heir": heirs, "entry": recorded, "succession": notified, "open_installment": debts}


def test_shares_of_drawn_heirs_are_their_twin_s_and_make_the_debt():
    given = inheritances(random.Random(SEED))
    recorded = [{"atena_number": row["atena_number"], "heir_no": None, **{name: pl.Series([row["payload"]]).str.json_path_match(f"$.{name}")[0] for name in ("heir_atena_number",)},
                 **{name: int(pl.Series([row["payload"]]).str.json_path_match(f"$.{name}")[0]) for name in ("share_numerator", "share_denominator")}} for row in given["entry"]]
    expected = twins.shares(given["heir"], recorded, given["succession"], given["open_installment"])
    with derived(["heir_share"], **given) as database:
        found = rows_of(database, "heir_share")
    assert {pick(row, "atena_number", "notice_number", "installment_no", "heir_place"): pick(row, "share_yen", "basis") for row in found} == expected, SEED
    assert {row["basis"] for row in found} == {"承継明細", "持分", "承継の記録", "残り"}
    check_sums(found, given["open_installment"])


def check_sums(found: list[dict], debts: list[dict]) -> None:
    borne: dict[tuple, int] = {}
    for row in found:
        borne[row["notice_number"], row["installment_no"]] = borne.get((row["notice_number"], row["installment_no"]), 0) + row["share_yen"]
    owed = {(row["notice_number"], row["installment_no"]): row["unpaid_yen"] for row in debts}
    assert borne == {key: owed[key] for key in borne}, SEED


def test_shares_of_the_city(rows):
    debts = [row for row in rows.derived("case_installment") if row["is_overdue"]]
    found = rows.derived("heir_share")
    expected = twins.shares(rows.source("heir"), [], rows.source("succession"), debts)
    assert {pick(row, "atena_number", "notice_number", "installment_no", "heir_place"): pick(row, "share_yen", "basis") for row in found} == expected
    check_sums(found, debts)
    story = [row["share_yen"] for row in found if row["atena_number"] == "9900000100"]
    assert story == [6_000] * 4, "wife and child halve two installments of 12,000 yen"


# --- 重複の疑い

BLANK = {"person_kind": "住登者", "name": "氏名", "name_search_kana": None, "sex": "男", "postal_code": None, "previous_address": None, "forwarding_address": None,
         "state_changed_on": None, "became_resident_on": None, "moved_in_on": None, "removed_on": None, "history_number": 1, "is_latest": True, "is_deleted": False}


def crowd(draw: random.Random) -> dict[str, list[dict]]:
    """Cases of two to four records that nearly agree; letters of their own keep the cases apart."""
    people, history, contacts, links, owing, hidden = [], [], [], {}, [], []
    letters, days = "アカサタナハマヤラワ", [date(2020, 1, 1), date(2021, 5, 6), None]
    for case in range(CASES):
        mark = "".join(letters[int(digit)] for digit in f"{case:04}")
        numbers = [f"{case:06}{place}" for place in range(draw.randint(2, 4))]
        places = [("町", f"{mark}番地1"), ("町", f"{mark}番地２号"), (None, None), ("町", None)]
        for number in numbers:
            town, rest = draw.choice(places)
            person = {**BLANK, "atena_number": number, "person_kind": draw.choice(["住登者"] * 9 + ["法人"]), "birth_date": draw.choice([date(1980, 2, 3)] * 3 + [date(1981, 2, 3), None]),
                      "name_kana": mark + draw.choice(["　ユウコ", "　ユーコ", "ユウゴ", "　ユウキ"]), "sex": draw.choice(["女", "女", "女", "男", "不明", None]), "town": town, "address_rest": rest,
                      "household_number": draw.choice([f"H{case}", f"H{case}", None]), "resident_state": draw.choice(["現住", "現住", "転出", "死亡", "住登外"]),
                      "name_search_kana": draw.choice([None, mark + "ユウコ"]), "previous_address": draw.choice([None, f"町{mark}-1", f"よそ町{mark}"]),
                      "forwarding_address": draw.choice([None, f"よそ町 {mark}"]), **{name: draw.choice(days) for name in ("state_changed_on", "became_resident_on", "moved_in_on", "removed_on")}}
            people.append(person)
            if draw.random() < 0.3:
                history.append({**person, "town": "町", "address_rest": f"{mark}番地{draw.randint(1, 3)}", "moved_in_on": draw.choice(days), "is_deleted": draw.random() < 0.2})
            contacts += [{"atena_number": number, "contact_no": no, "contact_kind": draw.choice(["携帯", "自宅", "勤務先"]), "phone": f"090-{case:04}-{draw.randint(0, 1):04}",
                          "contact_set_on": draw.choice(days[:2])} for no in range(1, draw.randint(1, 3))]
        owing += draw.sample(numbers, draw.randint(0, 2))
        hidden += draw.choices(numbers, k=1) if draw.random() < 0.1 else []
        if draw.random() < 0.25:
            one, other = draw.sample(numbers, 2)
            until = draw.choice([None, AS_OF, AS_OF + timedelta(days=3)])
            links[one, other] = link(one, other, AS_OF - timedelta(days=9), until, until and draw.choice(["誤登録", "その他"]))
    return {"person": people, "person_history": history, "contact": [{"contact_person": None, **row} for row in contacts], "linked_person": list(links.values()),
            "delinquent": [{"atena_number": number} for number in owing], "hidden_person": [{"atena_number": number} for number in sorted(set(hidden))]}


def in_one_case(people: list[dict]):
    """Every pair whose numbers begin alike: no two cases can meet."""
    cases: dict[str, list[dict]] = {}
    for row in sorted(people, key=lambda row: row["atena_number"]):
        cases.setdefault(row["atena_number"][:6], []).append(row)
    return [(one, other) for rows in cases.values() for place, one in enumerate(rows) for other in rows[place + 1:]]


def test_suspects_among_drawn_people_are_their_twin_s():
    given = crowd(random.Random(SEED))
    owing, hidden = ({row["atena_number"] for row in given[name]} for name in ("delinquent", "hidden_person"))
    expected = twins.suspects(given["person"], given["person_history"], given["contact"], given["linked_person"], owing, hidden, AS_OF, in_one_case)
    with derived(["person_group", "person_search_key", "duplicate_suspect"], **given) as database:
        found = rows_of(database, "duplicate_suspect")
    told = [pick(row, *SUSPECT) for row in found]
    assert len(told) == len(set(told))
    assert set(told) == expected, (SEED, sorted(set(told) ^ expected, key=str)[:4])
    assert {row["rule"] for row in found} == {"カナと生年月日", "カナと住所", "生年月日と電話", "1字違いのカナ・生年月日・世帯"}
    assert {row["strength"] for row in found} == {1, 2, 3}
    pairs = {pick(row, "first_number", "second_number") for row in found}
    assert len({row["evidence"] for row in found}) == len(pairs) > 500


def test_suspects_of_the_city_are_its_twin_s_and_the_planted_ones_have_their_strength(rows):
    people = rows.source("person")
    owing = {row["atena_number"] for row in rows.derived("delinquent")}
    hidden = {row["atena_number"] for row in rows.derived("hidden_person")}
    expected = twins.suspects(people, rows.history("person"), rows.source("contact"), rows.source("linked_person"), owing, hidden, rows.as_of)
    found = rows.derived("duplicate_suspect")
    assert {pick(row, *SUSPECT) for row in found} == expected
    strengths = {(row["first_number"], row["second_number"]): STRENGTHS[row["pair_strength"]] for row in found}
    planted = {tuple(sorted((answer.atena_number, answer.duplicate[0]))): answer.duplicate[1] for answer in answers() if answer.duplicate}
    assert {pair: strength for pair, strength in strengths.items() if pair[0] >= "99"} == planted
    assert sorted(planted.values()) == sorted(["強", "弱", "弱"])


def test_a_changed_fact_is_other_evidence_and_an_unchanged_one_the_same():
    def evidence(**changed) -> str:
        one = {**BLANK, "atena_number": "A", "name_kana": "ア", "birth_date": AS_OF, "town": None, "address_rest": None, "household_number": None, "resident_state": "現住"}
        with derived(["person_group", "person_search_key", "duplicate_suspect"], person=[one, {**one, "atena_number": "B", **changed}],
                     delinquent=[{"atena_number": "A"}]) as database:
            return rows_of(database, "duplicate_suspect")[0]["evidence"]

    assert evidence() == evidence(postal_code="6800001")
    assert len({evidence(), evidence(name_kana="ｱ"), evidence(resident_state="転出")}) == 3
