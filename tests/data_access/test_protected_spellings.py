"""支援措置 by whatever spelling: many random links to one protected person, and no view shows a trace of hers to anybody."""

import random
import unicodedata

import pytest

from auth.access import User
from data_access import connection
from data_access.contract import tables
from data_access.intake import take_in
from tests.data_access.feeds import DAY_ONE, DAY_TWO, Feed
from tests.data_access.test_gate_of_data import HIDDEN, HOUSEMATE, LATEST, PROTECTED, look, views
from tests.data_access.test_protected import EVERYWHERE, NEW_HOME, PHONE
from tests.staff import STAFF

pytestmark = pytest.mark.slow

ACCOUNT = "7531864"
NAMES = ("青島　和江", "青島和江", "青 島 和 江", "青島\u200b和江", "アオシマ　カズエ", "アオシマカズエ", "あおしまかずえ", "ｱｵｼﾏ ｶｽﾞｴ", "アオシマ・カズエ", "アオジマカズエ")
PHONES = (PHONE, "09097531864", "０９０９７５３１８６４", "０９０－９７５３－１８６４", "090 9753 1864", "(090)9753-1864", "090―9753―1864")
PLACES = (f"いなば市{NEW_HOME}", "隠町９番地９", "隠町9-9", "隠町 9番9号", "鳥取県いなば市隠町９－９")
ACCOUNTS = (ACCOUNT, "７５３１８６４", "753-1864")
OTHERS = ("青島　明男", "アオキ カズオ", "090-9753-1865", "隠岐9-9", "来月 3日に納める", "", None)
PROPERTY = {"土地": "property_tax_land", "家屋": "property_tax_building"}
LINKING = ("contact", "bank_account", "mailing_address", "heir", "negotiation_note", "related_party", *PROPERTY.values(), "co_ownership")
TAXED = dict(tax_year="2026", valuation_yen="1000000", tax_base_yen="166000")
OF_PROPERTY = {"土地": dict(TAXED, lot_number="9番9", land_category="宅地", area_hundredths="10000"),
               "家屋": dict(TAXED, building_number="ヒミツノツテ", building_use="居宅", structure="木造", floor_area_hundredths="10000")}
PRINTABLE = tuple(name for name in NAMES if "\u200b" not in name)  # what 滞納整理's CP932 can carry
TRACES = ("青島和江", "アオシマカズエ", "アオジマカズエ", "09097531864", "7531864", "1864", "隠町", "ヒミツノツテ")


def bare(text: str) -> str:
    """A text without the ways to write it, by the standard library alone."""
    plain = "".join(chr(ord(letter) + 0x60) if "ぁ" <= letter <= "ゖ" else letter for letter in unicodedata.normalize("NFKC", text))
    return "".join(letter for letter in plain if letter.isalnum() or letter == "ー")


def links(chance: random.Random, numbers: list[str]) -> dict[str, list[dict]]:
    """Table → rows: whom each of `numbers` calls, banks with, lets open the letters, inherits with, owns with, speaks of."""
    found = {name: [] for name in LINKING}
    for number in numbers:
        anybody = chance.choice([*NAMES, *PHONES])
        found["contact"] += [
            dict(atena_number=number, contact_no="8", contact_kind="携帯", phone=chance.choice(PHONES), contact_person="ヒミツノツテ"),
            dict(atena_number=number, contact_no="9", contact_kind="携帯", phone="090-0000-0000", contact_person=f"妻 {anybody}")]
        account = dict(atena_number=number, business="国保料", account_use="還付", usable_from="2026-10-01", bank_code="0167975", account_kind="普通", **LATEST)
        whose = dict(account_number="1234567", holder_kana=chance.choice([name for name in NAMES if bare(name) != "青島和江"]))
        found["bank_account"].append(account | chance.choice([dict(account_number=ACCOUNT, holder_kana="ヒミツノツテ"), whose,
                                                              whose | dict(holder_kana="タナカ　イチロウ", holder_name=chance.choice(NAMES))]))
        letter = dict(atena_number=number, business="国保料", postal_code="6800001", valid_from="2026-10-29", **LATEST)
        found["mailing_address"].append(letter | chance.choice([
            dict(addressee_name=chance.choice(NAMES) + "様", address="鳥取県米子市角盤町1番地"), dict(addressee_name="ヒミツノツテ", address=chance.choice(PLACES)),
            dict(addressee_name="ヒミツノツテ", address="鳥取県米子市角盤町1番地", addressee_atena_number=PROTECTED)]))
        found["heir"].append(dict(atena_number=number, heir_no="8", name=chance.choice(PRINTABLE), relation="妹", share_numerator="1", share_denominator="9"))
        found["related_party"].append(dict(atena_number=number, party_kind="代理人", party_atena_number=PROTECTED, appointed_on="2026-10-01", **LATEST))
        about = chance.choice((*PRINTABLE, *PHONES, *PLACES, *ACCOUNTS))
        found["negotiation_note"].append(dict(note_number="8" + number[1:], atena_number=number, contacted_on="2026-10-29", method="電話", direction="受信",
                                              counterpart="本人", outcome="その他", body=f"ヒミツノツテ。{about}とのこと。", officer_name="係"))
        kind, partner = chance.choice(list(PROPERTY)), chance.choice((PROTECTED, HOUSEMATE))  # whoever of the two pays the tax for it
        key, part = dict(property_number="5" + number[1:]), dict(share_numerator="1", share_denominator="2")
        taxed = dict(atena_number=chance.choice((number, partner)), location=chance.choice(PLACES), is_co_owned="1")
        found[PROPERTY[kind]].append(key | taxed | OF_PROPERTY[kind])
        found["co_ownership"] += [key | part | dict(property_kind=kind, atena_number=holder, is_representative="0") for holder in (number, partner)]
    return found


def add(table: str, *rows: dict) -> None:
    """The rows with the day's others; of a system that sends once, with the first day's."""
    feed = Feed(table, DAY_TWO if tables()[table].system in ("atena", "kotei") else DAY_ONE)
    feed.write([*feed.rows(), *(feed.row(**row) for row in rows)])


@pytest.fixture
def linked(empty_city, rows):
    """The protected person of story 10 with a new home, and three times eight people with random links to her."""
    home = next(row["household_number"] for row in rows.source("person") if row["atena_number"] == PROTECTED)
    near = {row["atena_number"] for row in rows.source("person") if row["household_number"] == home}
    others = [row["atena_number"] for row in rows.derived("delinquent") if not row["is_protected"] and row["atena_number"] not in near]
    chosen = random.Random(20261030).sample(others, 24)
    for seed in range(3):
        for table, more in links(random.Random(seed), chosen[seed::3]).items():
            add(table, *more)
    add("protection", dict(atena_number=PROTECTED, measure="DV", is_domestic_violence="1", is_neglect="0", started_on="2026-10-29", **LATEST))
    add("contact", dict(atena_number=PROTECTED, contact_no="9", contact_kind="携帯", phone=PHONE))
    add("bank_account", dict(atena_number=PROTECTED, business="国保料", account_use="還付", usable_from="2026-10-01", bank_code="0167975",
                             account_kind="普通", account_number=ACCOUNT, holder_kana="アオシマ　カズエ", **LATEST))
    add("mailing_address", dict(atena_number=PROTECTED, business="国保料", addressee_name="青島　和江", postal_code="6800001",
                                address=f"鳥取県いなば市{NEW_HOME}", valid_from="2026-10-29", **LATEST))
    for day in (DAY_ONE, DAY_TWO):
        report = take_in(day)
        assert report.is_published, [problem.sentence() for problem in report.problems]
    return empty_city


def test_no_view_shows_a_trace_in_any_spelling(linked):
    served = connection.engine()
    hidden = {number for (number,) in served.connection.cursor().execute("select atena_ref from serving.delinquent where is_protected").fetchall()}
    wide = User("all", "", "chief", "", EVERYWHERE.districts)
    for user in (EVERYWHERE, wide, *STAFF[2:]):
        cursor = connection.reader(served, user)
        for view in views(served):
            for row in look(cursor, view):
                cells = {name: bare(str(value)) for name, value in row.items() if value is not None and row.get("atena_ref") not in hidden
                         and not name.endswith(("_yen", "_ref", "_id"))}
                assert not {name: cell for name, cell in cells.items() if any(trace in cell for trace in TRACES)}, (user.name, view, row)
    events = look(connection.reader(served, EVERYWHERE), "event")
    assert sum(row["body"] == HIDDEN for row in events) >= 8, "and the notes are there"
    owned = [row["property_place"] == HIDDEN for row in look(connection.reader(served, EVERYWHERE), "property")]
    assert (sum(owned) >= 24, False in owned) == (True, True), "what is held with her or her household has no place, the rest has"


def test_every_spelling_is_found_and_nothing_else(linked):
    cursor = connection.engine().connection.cursor()
    for text in (*NAMES, *PHONES, *PLACES, *ACCOUNTS, PROTECTED):
        assert cursor.execute("select names_protected(?)", [f"昨日、{text}という人が来た"]).fetchone() == (True,), text
    for text in OTHERS:
        assert cursor.execute("select names_protected(?::varchar)", [text]).fetchone() == (False,), text
