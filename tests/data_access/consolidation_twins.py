"""名寄せ again, slowly and obviously, in plain Python: search keys, groups, heirs' shares and suspects."""

import itertools
import re
import tomllib
import unicodedata
from fractions import Fraction
from pathlib import Path

from data_access import search_key
from tests.data_access.source_rows import Row, by

TABLE = tomllib.loads(Path(search_key.__file__).with_suffix(".toml").read_text("utf-8"))
SMALL = dict(zip("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ", strict=True))
MARKS = {"\u3099", "\u309a"}


def name_key(text: str | None) -> str:
    """What is left of a name when the ways to write it are gone."""
    kept = ""
    for letter in unicodedata.normalize("NFKC", text or "").upper():
        if "ぁ" <= letter <= "ゖ":
            letter = chr(ord(letter) + 0x60)
        letter = next((group[-1] for group in TABLE["kana"] if letter in group[:-1]), letter)
        letter = next((group[-1] for group in TABLE["kanji"] if letter in group), letter)
        bare = unicodedata.normalize("NFD", letter)[0] if "ァ" <= letter <= "ヺ" else letter
        kept += SMALL.get(bare, bare)
    kept = "".join(letter for letter in kept if letter not in MARKS and letter not in "ー・" and letter.isalnum())
    return re.sub("([ウクスツヌフムユル])ウ", r"\1", re.sub("([オコソトノホモヨロ])[ウオ]", r"\1", kept))


def address_key(text: str) -> str:
    plain = "".join(str(unicodedata.digit(letter)) if letter in "０１２３４５６７８９" else letter for letter in text if not letter.isspace())
    plain = re.sub("(十?[一二三四五六七八九]?)丁目", lambda found: f"{_number(found[1])}丁目", plain)
    for word in ("丁目", "番地の", "番地", "番", "号", "の", "－", "‐", "−", "ー"):
        plain = plain.replace(word, "-")
    return plain.rstrip("-")


def _number(kanji: str) -> str:
    """十二 → 12; "" for none."""
    return str(10 * kanji.startswith("十") + "〇一二三四五六七八九".index(kanji.lstrip("十") or "〇")) if kanji else ""


def groups(links: list[Row], as_of) -> dict[str, str]:
    """宛名番号 → the smallest number of its group, by walking every link until nothing new is found."""
    beside: dict[str, set[str]] = {}
    for link in links:
        one, other = link["atena_number"], link["former_atena_number"]
        if link["linked_on"] <= as_of and not (link["unlinked_on"] and link["unlinked_on"] <= as_of) and one != other:
            beside.setdefault(one, set()).add(other)
            beside.setdefault(other, set()).add(one)
    found = {}
    for start in beside:
        seen, left = set(), [start]
        while left:
            here = left.pop()
            if here not in seen:
                seen.add(here)
                left += beside[here]
        found[start] = min(seen)
    return found


def shares(heirs: list[Row], recorded: list[Row], notified: list[Row], debts: list[Row]) -> dict[tuple, tuple[int, str]]:
    """(deceased, notice, installment, heir's place; None = 残り) → (yen, basis)."""
    found, stated, written, owed = {}, *(by(rows, "atena_number") for rows in (heirs, recorded, debts))
    succeeded = {(row["atena_number"], row["heir_no"], row["notice_number"], row["installment_no"]): row["succeeded_yen"] for row in notified}
    for deceased in {row["atena_number"] for row in [*heirs, *recorded]}:
        own, everybody = {row["heir_atena_number"]: row for row in written.get((deceased,), [])}, []
        seen = set()
        for heir in sorted(stated.get((deceased,), []), key=lambda row: row["heir_no"]):
            number = heir["heir_atena_number"]
            if number is None or number not in seen:
                seen.add(number)
                everybody.append((heir["heir_no"], own.pop(number, None), heir))
        everybody += [(None, entry, entry) for _, entry in sorted(own.items())]
        terms = [Fraction((entry or heir)["share_numerator"], (entry or heir)["share_denominator"]) for _, entry, heir in everybody]
        has_recorded = any(entry for _, entry, _ in everybody)
        for debt in owed.get((deceased,), []):
            key, unpaid = (deceased, debt["notice_number"], debt["installment_no"]), debt["unpaid_yen"]
            told = [succeeded.get((deceased, no, *key[1:])) for no, _, _ in everybody]
            if not has_recorded and any(yen is not None for yen in told) and sum(yen or 0 for yen in told) == unpaid:
                yens, bases = [yen or 0 for yen in told], ["承継明細"] * len(told)
            else:
                yens = [unpaid * term.numerator // term.denominator for term in terms]
                bases = ["承継の記録" if entry else "持分" for _, entry, _ in everybody]
                if sum(terms) == 1:
                    yens[next(place for place, term in enumerate(terms) if term)] += unpaid - sum(yens)
            for place, (yen, basis) in enumerate(zip(yens, bases, strict=True), start=1):
                found[(*key, place)] = (yen, basis)
            if sum(yens) != unpaid:
                found[(*key, None)] = (unpaid - sum(yens), "残り")
    return found


def one_edit(one: str, other: str) -> bool:
    """One letter put in, left out or changed."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return any(long[:at] + long[at + 1:] == short for at in range(len(long))) and len(long) == len(short) + 1


def addresses(person: Row, history: list[Row]) -> dict[str, tuple]:
    """address_key → (place, address, table, day): every address of a person, the nearest source first."""
    def full(row: Row) -> str | None:
        return f"{row['town']} {row['address_rest']}" if row["town"] is not None and row["address_rest"] is not None else None

    every = [(1, full(person), "宛名基本", person["moved_in_on"] or person["became_resident_on"]),
             (2, person["previous_address"], "宛名基本（転入前）", person["became_resident_on"]),
             (3, person["forwarding_address"], "宛名基本（転出先）", person["removed_on"])]
    older = sorted((row for row in history if not row["is_deleted"]), key=lambda row: (row["moved_in_on"] is None, row["moved_in_on"] and -row["moved_in_on"].toordinal()))
    every += [(4, full(row), "宛名履歴", row["moved_in_on"]) for row in older]
    found: dict[str, tuple] = {}
    for entry in every:
        if entry[1] is not None:
            found.setdefault(address_key(entry[1]), entry)
    return found


def suspects(people: list[Row], history: list[Row], contacts: list[Row], links: list[Row], owing: set[str], hidden: set[str], as_of,
             pairs=None) -> set[tuple]:
    """(first, second, rule, strength, item, first value, second value, first table, second table, first day, second day)."""
    group, older, phones = groups(links, as_of), by(history, "atena_number"), by(contacts, "atena_number")
    wrong = {frozenset((link["atena_number"], link["former_atena_number"])) for link in links
             if link["unlink_reason"] == "誤登録" and link["unlinked_on"] <= as_of}
    people = [row for row in people if row["person_kind"] != "法人" and row["atena_number"] not in hidden]
    places = {row["atena_number"]: addresses(row, older.get((row["atena_number"],), [])) for row in people}
    keys = {row["atena_number"]: {name_key(row["name_kana"]), name_key(row["name_search_kana"])} - {""} for row in people}
    found = set()
    for one, other in itertools.combinations(sorted(people, key=lambda row: row["atena_number"]), 2) if pairs is None else pairs(people):
        a, b = one["atena_number"], other["atena_number"]
        is_linked = a in group and group[a] == group.get(b)
        if not {a, b} & owing or is_linked or frozenset((a, b)) in wrong:
            continue
        is_same_birth = one["birth_date"] is not None and one["birth_date"] == other["birth_date"]
        is_same_kana, may_be = bool(keys[a] & keys[b]), is_same_birth or None in (one["birth_date"], other["birth_date"])
        own, its = places[a], places[b]
        met = min(((own[key][0] + its[key][0], own[key][0], key) for key in own.keys() & its.keys()), default=None)
        numbers = [{re.sub("[^0-9]", "", row["phone"]): row for row in sorted(phones.get((number,), []), key=lambda row: row["contact_set_on"], reverse=True)
                    if row["contact_kind"] != "勤務先"} for number in (a, b)]
        phone = min(numbers[0].keys() & numbers[1].keys(), default=None)
        facts = ["宛名基本"] * 2 + [row["state_changed_on"] or row["became_resident_on"] for row in (one, other)]
        item = {"氏名カナ": (one["name_kana"], other["name_kana"], *facts), "世帯番号": (one["household_number"], other["household_number"], *facts),
                "生年月日": (str(one["birth_date"]), str(other["birth_date"]), *facts)}
        if met:
            mine, yours = own[met[2]], its[met[2]]
            item["住所"] = (mine[1], yours[1], mine[2], yours[2], mine[3], yours[3])
        if phone:
            item["電話番号"] = (phone, phone, "連絡先", "連絡先", *(each[phone]["contact_set_on"] for each in numbers))
        rules = []
        if is_same_kana and is_same_birth:
            rules.append(("カナと生年月日", 2, ("氏名カナ", "生年月日")))
        if is_same_kana and may_be and met:
            rules.append(("カナと住所", 3 if is_same_birth else 2, ("氏名カナ", "生年月日", "住所") if is_same_birth else ("氏名カナ", "住所")))
        if is_same_birth and phone:
            rules.append(("生年月日と電話", 2, ("生年月日", "電話番号")))
        near = any(one_edit(mine, yours) for mine in keys[a] for yours in keys[b])
        if near and is_same_birth and one["household_number"] is not None and one["household_number"] == other["household_number"]:
            rules.append(("1字違いのカナ・生年月日・世帯", 2, ("氏名カナ", "生年月日", "世帯番号")))
        weaker = one["resident_state"] == other["resident_state"] == "現住"
        is_other_sex = {one["sex"], other["sex"]} == {"男", "女"}
        for rule, strength, items in rules:
            found |= {(a, b, rule, 1 if is_other_sex else max(1, strength - weaker), name, *item[name]) for name in items}
    return found
