"""The list of every parameter for the 根拠 page, and that a file of this half of the law which cannot be trusted is refused."""

import re
from datetime import date, timedelta

import pytest

from law import (
    allocation,
    attachment_limits,
    collection_rate,
    distribution,
    files,
    grace,
    in_force,
    payment_slip,
    references,
    sanctions,
    suspension,
    wage_attachment,
    write_off,
)
from law.bounds import UNREAD

ON = date(2026, 11, 23)
SOURCE = re.compile("条|法|告示|通知|指標|ガイドライン|説明|上限|倣う|市の")
COLUMNS = [
    "file",
    "setting",
    "section",
    "name",
    "levy_kind",
    "value",
    "from",
    "reference",
    "last_checked",
    "note",
]


def named(setting, on=ON):
    return [row for row in references.every_parameter(on) if row["setting"] == setting]


def test_every_row_says_what_since_when_and_why():
    rows = references.every_parameter(ON)
    assert {row["file"] for row in rows} == set(references.dated_files())
    assert all(list(row) == COLUMNS for row in rows)
    for row in rows:
        assert row["reference"].strip(), row
        assert row["value"].strip(), row
        says_so = UNREAD.search(f"{row['value']}{row['reference']}{row['note']}")
        assert (row["last_checked"] is None) == bool(says_so), row
        assert row["last_checked"] is None or date(2026, 1, 1) <= row["last_checked"] <= date(2026, 12, 31), row
        assert row["from"] is None or row["from"] <= ON, row


def test_every_setting_has_a_japanese_name():
    assert references.unlabelled() == [], "law/labels.toml の [label] に日本語名を足してください"


def test_labels_name_what_exists():
    known = {setting for name in references.dated_files() for setting in files.settings_in(name)}
    assert set(references.labels()["label"]) <= known
    assert set(references.labels()["file"]) <= set(references.dated_files())


def test_values_read_as_the_office_writes_them():
    assert [row["value"] for row in named("basic_yen")] == ["100,000"]
    assert [row["value"] for row in named("allows_partial")] == ["はい"]
    assert {row["levy_kind"]: row["value"] for row in named("prescription_years")} == {"料": "2", "税": "5"}
    assert [row["value"] for row in named("rate")] == ["当初 2.8／その後 9.1／特例基準割合 1.8"]
    assert named("order")[0]["value"].endswith("滞納処分費、督促手数料、本料、延滞金")


def test_no_english_reaches_the_reader():
    for row in references.every_parameter(ON):
        assert not re.search(r"[a-z]{2,}", f"{row['section']}{row['name']}{row['value']}{row['note']}"), row


def test_the_value_in_force_follows_the_day():
    before, after = date(2020, 3, 31), date(2020, 4, 1)
    assert [row["value"] for row in named("reminder_hold_months", before)] == ["0"]
    assert [row["value"] for row in named("reminder_hold_months", after)] == ["6"]
    assert len(named("protected_asset", date(2007, 11, 15))) + 1 == len(
        named("protected_asset", date(2007, 11, 16))
    )
    assert len(named("year", date(2024, 2, 29))) == 1


def test_the_old_law_is_cited_by_its_own_articles():
    def articles(setting, on, word):
        return [row["reference"] for row in named(setting, on) if word in row["value"]]

    before, after = date(2020, 3, 31), date(2020, 4, 1)
    kinds = {"催告": "153条", "差押": "147条2号・154条・157条1項", "承認": "147条3号"}
    for kind, article in kinds.items():
        assert articles("event_kind", before, kind) == [f"旧民法{article}"]
        assert articles("event_kind", after, kind)[0].startswith("民法")
    assert articles("attachment_end", before, "取立") == ["旧民法147条2号・157条1項"]
    assert articles("attachment_end", after, "取立") == ["民法148条2項"]
    assert len(named("attachment_end", before)) == len(named("attachment_end", after)) == 5
    assert len(named("event_kind", before)) == len(named("event_kind", after))
    assert not [row for row in references.every_parameter(date(2015, 6, 1)) if "15条の5の3" in row["reference"] or "15条の6の" in row["reference"]]
    assert len(named("effect", date(2016, 3, 31))) + 3 == len(named("effect", date(2016, 4, 1)))


def test_a_day_without_a_value_is_said():
    (row,) = named("rate", date(2027, 1, 1))
    assert (row["value"], row["from"]) == (references.MISSING, None)
    assert "止まる" in row["note"]
    assert named("special_medical_payment_months", date(2024, 12, 1))[0]["value"] == references.MISSING


def test_every_entry_on_file_is_checked_and_has_a_reference():
    for name in references.dated_files():
        for setting, entries in files.settings_in(name).items():
            for entry in entries:
                assert SOURCE.search(str(entry["reference"])), (name, setting, entry)


def change(folder, file_name, old, new):
    text = (folder / file_name).read_text(encoding="utf-8")
    assert old in text, (file_name, old)
    (folder / file_name).write_text(text.replace(old, new), encoding="utf-8")


def pay():
    return wage_attachment.explain([wage_attachment.Wage("甲", 1, 0, 0, 0)], 0, ON)


BROKEN = [
    (
        "wage_attachment.toml",
        "value = 45000",
        'value = "45000"',
        pay,
        r"relative_yen 1 番目（from 2000-01-01）.*0以上の整数",
    ),
    ("wage_attachment.toml", "value = 45000", "value = -1", pay, r"relative_yen.*1から1000000の数"),
    (
        "wage_attachment.toml",
        "[[share_percent]]",
        "[[share]]",
        pay,
        r"share_percent: 項目がありません.*足してください",
    ),
    (
        "wage_attachment.toml",
        "[[relative_yen]]\nfrom = 2000-01-01",
        "[[relative_yen]]\nfrom = 2030-01-01",
        pay,
        r"relative_yen: 料 の 2026-11-23 の値がありません",
    ),
    (
        "grace.toml",
        "[[longest_months]]",
        "[[longest]]",
        lambda: grace.explain("徴収猶予", {}, ON, 1, 1),
        r"longest_months",
    ),
    (
        "grace.toml",
        'code = "illness", group',
        "group",
        lambda: grace.explain("徴収猶予", {}, ON, 1, 1),
        r"condition 2 番目.*: value は { name、word、code、group、text、is_full } を",
    ),
    (
        "allocation.toml",
        '"任意納付", items',
        '"任意納付", item',
        lambda: allocation.allocate(1, [], ON),
        r"order 2 番目.*: value は { source、items } を",
    ),
    (
        "attachment_limits.toml",
        'asset = "児童手当"',
        "asset = 1",
        lambda: attachment_limits.protected_assets(ON),
        r"protected_asset.*value の asset（今は 1）は文字列で",
    ),
    (
        "distribution.toml",
        "rank = 4",
        'rank = "4"',
        lambda: distribution.explain(1, [], ON),
        r"claim_class.*value の rank（今は '4'）は0以上の整数で",
    ),
    (
        "suspension.toml",
        "[[allows_partial]]",
        "[[partial]]",
        lambda: suspension.explain(1, ON, None, is_partial=True),
        r"allows_partial: 項目がありません",
    ),
    ("write_off.toml", 'code = "A"', "code = 1", lambda: write_off.reasons(ON), r"reason.*value の code（今は 1）は文字列で"),
    (
        "sanctions.toml",
        'value = 18\nreference = "国民健康保険法63条の2',
        'value = true\nreference = "国民健康保険法63条の2',
        lambda: sanctions.benefit_hold(ON, ON, {}, 1, 1, has_special_medical_payment=False),
        r"benefit_hold_months.*0以上の整数",
    ),
    (
        "collection_rate.toml",
        "is_current_year_only = true",
        "is_current_year_only = 1",
        lambda: collection_rate.definitions(ON),
        r"definition.*value の is_current_year_only（今は 1）は true か false で",
    ),
    (
        "payment_slip.toml",
        "value = 300000",
        "value = 300000\nlimit = 1",
        lambda: payment_slip.refusal(1, None, ON),
        r"limit_yen 1 番目: limit は使えない項目名",
    ),
    (
        "payment_slip.toml",
        "[[limit_yen]]\nfrom = 2000-01-01",
        "[[limit_yen]]",
        lambda: payment_slip.refusal(1, None, ON),
        r"limit_yen 1 番目: from がありません",
    ),
    (
        "labels.toml",
        'reason = "不納欠損の理由"',
        "reason = 1",
        lambda: references.every_parameter(ON),
        r"label: .*日本語",
    ),
    ("labels.toml", "[key]", "[keys]", lambda: references.every_parameter(ON), r"key: "),
]


@pytest.mark.parametrize(("file_name", "old", "new", "use", "complaint"), BROKEN)
def test_a_broken_file_is_refused_with_file_entry_and_remedy(law_folder, file_name, old, new, use, complaint):
    change(law_folder, file_name, old, new)
    with pytest.raises(files.LawFileInvalid, match=f"^{file_name}.*{complaint}") as caught:
        use()
    assert str(caught.value).endswith("ください。")


def test_a_city_that_knows_no_partial_stop(law_folder):
    setting = "[[allows_partial]]\nfrom = 2000-01-01\nvalue = "
    change(law_folder, "suspension.toml", f"{setting}true", f"{setting}false")
    with pytest.raises(suspension.SuspensionRefused, match="一部の停止を認めていません"):
        suspension.explain(1, ON, None, is_partial=True)
    assert suspension.explain(1, ON, None).ended_by == "3年の継続"


def test_two_entries_of_one_day_are_refused(law_folder):
    entry = '[[decimals]]\nfrom = 2000-01-01\nvalue = 1\nreference = "市の設定"\nlast_checked = 2026-11-23\n'
    with (law_folder / "collection_rate.toml").open("a", encoding="utf-8") as file:
        file.write(entry)
    with pytest.raises(files.LawFileInvalid, match="同じ from"):
        in_force.value("collection_rate.toml", "decimals", ON, int)


def test_an_amendment_is_one_dated_entry(law_folder):
    entry = '[[basic_yen]]\nfrom = 2027-04-01\nvalue = 110000\nreference = "改正施行令34条"\nlast_checked = 2026-11-23\n'
    with (law_folder / "wage_attachment.toml").open("a", encoding="utf-8") as file:
        file.write(entry)
    own = [wage_attachment.Wage("甲", 300_000, 0, 0, 0)]
    days = (date(2027, 3, 31), date(2027, 4, 1))
    assert [wage_attachment.explain(own, 0, on).attachable_yen for on in days] == [160_000, 152_000]
    spans = [
        (row["from_date"], row["to_date"], row["basic_yen"])
        for row in wage_attachment.law_tables()["wage_rule"]
    ]
    assert spans == [
        (date(2000, 1, 1), days[0], 100_000),
        (days[1], files.LAST_DAY, 110_000),
    ]
    assert [row["value"] for row in named("basic_yen", days[0] + timedelta(days=1))] == ["110,000"]


def test_an_unlabelled_setting_shows_its_identifier(law_folder):
    (law_folder / "later.toml").write_text(
        '[[new_rule]]\nfrom = 2000-01-01\nvalue = 1\nreference = "条例1条"\nlast_checked = 2026-11-23\n',
        encoding="utf-8",
    )
    assert references.unlabelled() == ["later.toml: new_rule"]
    assert [(row["section"], row["name"]) for row in named("new_rule")] == [("later", "new_rule")]
