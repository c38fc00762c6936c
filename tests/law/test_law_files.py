"""A law file that cannot be trusted is refused with the file, the entry and the remedy."""

import re
from datetime import date
from decimal import Decimal

import pytest

import settings
from data_access.contract import tables
from law import bounds, dated, demand, files, parameters, rates, shapes
from law.version import LABEL_FILE
from law.words import WORDS

GOOD = """
[[days]]
levy_kind = "料"
from = 2000-01-01
value = 20
reference = "条例2条"
last_checked = 2026-11-23
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('reference = "条例2条"', "", "days 1 番目: reference がありません"),
        ('"条例2条"', '" "', "reference が空"),
        ("last_checked = 2026-11-23", "", "last_checked がありません"),
        ("from = 2000-01-01", 'from = "2000-01-01"', "from の値 '2000-01-01' の型"),
        ("from = 2000-01-01", "from = 2000-01-01T00:00:00", "の型が違います"),
        ("from = 2000-01-01", "from = 2000-01-01\nto = 1999-01-01", "より前です"),
        ('levy_kind = "料"', 'levy_kind = "費"', "料 か 税"),
        ("value = 20", "value = 20\nvalu = 3", "valu は使えない項目名"),
        ("value = 20", "value 20", "TOML として読めません"),
        ("[[days]]", "[days]", r"\[\[days\]\] の形"),
    ],
)
def test_refused(tmp_path, old, new, complaint):
    path = tmp_path / "broken.toml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(files.LawFileInvalid, match=f"broken.toml.*{complaint}"):
        files.read(path)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(files.LawFileInvalid, match=r"none.toml: ファイルがありません"):
        files.read(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("file_name", "old", "new", "complaint"),
    [
        ("delinquency_charge.toml", "to = 2013-12-31", "to = 2013-12-30", "続いていません"),
        ("delinquency_charge.toml", "to = 2013-12-31", "to = 2014-01-01", "続いていません"),
        ("delinquency_charge.toml", "to = 2013-12-31", "", "to がありません"),
        ("delinquency_charge.toml", 'first = "2.8"', "first = 2.8", "value の first.*文字列の数"),
        ("delinquency_charge.toml", 'first = "2.8"', 'frist = "2.8"', "value は { first、after、special_base } を"),
        ("levy_policy.toml", "value = 1\n", "value = 2\n", "使える値は"),
        ("levy_policy.toml", "value = 1000\n", 'value = "1000"\n', "base_unit_yen .*0以上の整数で書いて"),
        ("levy_policy.toml", 'value = "due_date"', 'value = "issued_on"', "使える値は"),
        (
            "levy_policy.toml",
            '"料"\nfrom = 2000-01-01',
            '"料"\nfrom = 2001-01-01',
            "2000-01-01 の値がありません",
        ),
        ("levy_policy.toml", '"料"\nfrom = 2000-01-01', '"税"\nfrom = 2000-01-01', "料 の 2000-01-01 の値"),
        ("levy_policy.toml", "value = 1\n", "value = 1\nto = 2030-03-31\n", "to は使いません"),
        (
            "delinquency_charge.toml",
            'value = "0.9"',
            "value = 0.9",
            "deferral_rate .*from 2022-01-01.*文字列の数",
        ),
        (
            "delinquency_charge.toml",
            'from = 2022-01-01\nto = 2025-12-31\nvalue = "0.9"',
            'from = 2022-02-01\nto = 2025-12-31\nvalue = "0.9"',
            "続いていません",
        ),
        ("delinquency_charge.toml", "[[minimum_rate]]", "[[least_rate]]", "minimum_rate: 項目がありません"),
        ("delinquency_charge.toml", 'kind = "half"', 'kind = "quarter"', "kind の「quarter」は使えない言葉です。full・half"),
        ("delinquency_charge.toml", "is_discretionary = true", "is_discretionary = 1", "is_discretionary.*true か false で書いて"),
        ("prescription.toml", "needs_person = true", "need_person = true", "attachment_end 3 番目.*: value は"),
        (
            "prescription.toml",
            '[[deferral_pauses]]\nlevy_kind = "料"',
            '[[deferral_pauses]]\nlevy_kind = "税"',
            "料 の .* の値がありません",
        ),
        ("holidays.toml", "2000-01-10 =", "2001-01-10 =", "2001-01-10 は別の年の日です"),
        ("holidays.toml", "2000-01-10 =", "2000-13-10 =", "2000-13-10 は日付ではありません"),
        ("holidays.toml", 'last = "01-03"', 'end = "01-03"', "year_end 1 番目.*: value は { first、last } を"),
    ],
)
def test_law_that_does_not_hold_together_is_refused(amend, file_name, old, new, complaint):
    amend(file_name, (old, new))
    with pytest.raises(files.LawFileInvalid, match=f"{file_name}.*{complaint}"):
        parameters.as_tables()


@pytest.mark.parametrize(
    ("file_name", "old", "new", "entry", "remedy"),
    [
        ("delinquency_charge.toml", 'after = "9.1", special_base = "1.8"', 'after = "91", special_base = "1.8"', "rate", "14.6 以下"),
        ("delinquency_charge.toml", 'first = "2.8"', 'first = "28"', "rate", "14.6 以下"),
        ("delinquency_charge.toml", 'first = "2.8"', 'first = "0"', "rate", "0より大きく"),
        ("delinquency_charge.toml", 'first = "2.8"', 'first = "-2.8"', "rate", "0より大きく"),
        ("delinquency_charge.toml", 'first = "2.8"', 'first = "2.7"', "rate", "special_base 1.8 から出る 2.8 と違います.*告示"),
        ("delinquency_charge.toml", 'after = "9.1"', 'after = "9.2"', "rate", "special_base 1.8 から出る 9.1 と違います.*告示"),
        ("delinquency_charge.toml", 'special_base = "1.8"', 'special_base = "1.9"', "rate", "special_base 1.9 から出る 2.9 と違います"),
        ("delinquency_charge.toml", 'first = "4.5"', 'first = "5.5"', "rate", "special_base 4.5 から出る 4.5 と違います"),
        ("delinquency_charge.toml", 'after = "14.6"', 'after = "8.9"', "rate", "から出る 14.6 と違います"),
        ("delinquency_charge.toml", 'value = "0.9"', 'value = "90"', "deferral_rate", "14.6 以下"),
        ("delinquency_charge.toml", 'value = "0.1"', 'value = "0"', "minimum_rate", "0より大きく"),
        ("levy_policy.toml", "value = 365", "value = 360", "days_per_year", "365の数"),
        ("levy_policy.toml", "value = 365", "value = 366", "days_per_year", "365の数"),
        ("levy_policy.toml", "value = 2\n", "value = 3\n", "prescription_years", "2か5"),
        ("levy_policy.toml", "value = 2\n", "value = 5\n", "prescription_years", "料は2、税は5"),
        ("levy_policy.toml", "value = 5\n", "value = 2\n", "prescription_years", "料は2、税は5"),
        ("levy_policy.toml", "value = 1000\n", "value = 0\n", "base_unit_yen", "1から10000"),
        ("levy_policy.toml", "value = 2000\n", "value = 2000000\n", "base_minimum_yen", "0から100000"),
        ("levy_policy.toml", "value = 20\n", "value = 200\n", "demand_deadline_days", "1から60"),
        ("levy_policy.toml", "value = 20\n", "value = 0\n", "demand_deadline_days", "1から60"),
        ("levy_policy.toml", "value = 10\n", "value = 100\n", "designated_deadline_days", "1から60"),
        ("levy_policy.toml", "value = 100\nreference", "value = 0\nreference", "result_unit_yen", "1から10000"),
        ("prescription.toml", "value = 6\n", "value = 60\n", "reminder_hold_months", "0から12"),
        ("prescription.toml", "value = 12\n", "value = 13\n", "agreement_hold_months", "0から12"),
        ("prescription.toml", "value = 14\n", "value = 140\n", "disaster_hold_days", "0から60"),
        ("suspension.toml", "value = 3\n", "value = 30\n", "extinction_years", "1から10"),
        ("suspension.toml", "value = 1\n", "value = 4\n", "immediate_extinction_item", "1から3"),
        ("wage_attachment.toml", "value = 20\n", "value = 200\n", "share_percent", "1から100"),
        ("wage_attachment.toml", "value = 100000\n", "value = 0\n", "basic_yen", "1から1000000"),
        ("sanctions.toml", "value = 12\n", "value = 120\n", "special_medical_payment_months", "1から36"),
        ("demand.toml", 'reference = "破産法43条1項"', 'reference = "破産法"', "seizure_bar", "条文（何法何条）"),
        ("demand.toml", 'reference = "破産法43条1項"', 'reference = "口頭で聞いた"', "seizure_bar", "条文（何法何条）"),
        ("demand.toml", 'reference = "破産法43条1項"', 'reference = "43条"', "seizure_bar", "条文（何法何条）"),
        ("demand.toml", "last_checked = 2026-11-23", "last_checked = 2206-11-23", "demand_stop", "根拠を読んだ日"),
        ("demand.toml", "last_checked = 2026-11-23", "last_checked = 2006-11-23", "demand_stop", "根拠を読んだ日"),
        ("demand.toml", "from_memory = true", "last_checked = 2026-11-23", "demand_stop", "記憶による.*from_memory = true に代えて"),
        ("demand.toml", "from_memory = true", "from_memory = true\nlast_checked = 2026-11-23", "demand_stop", "両方あります"),
        ("demand.toml", "from_memory = true", "from_memory = false", "demand_stop", "last_checked がありません"),
    ],
)
def test_a_slip_of_the_hand_is_refused_with_its_entry_and_the_remedy(amend, file_name, old, new, entry, remedy):
    amend(file_name, (old, new))
    with pytest.raises(files.LawFileInvalid) as refused:
        files.settings_in(file_name)
    assert re.search(rf"^{file_name} の {entry} \d+ 番目（from \d{{4}}-\d\d-\d\d）: .*{remedy}.*ください。$", str(refused.value)), refused.value


def test_every_whole_number_of_the_law_has_its_bounds():
    """A new number cannot come in without somebody saying what it may be."""
    free = {"check_weight", "first_months"}  # GS1 fixes the one; law/dated.py lists the other's three values
    numbers = {
        name
        for path in files.FOLDER.glob("*.toml")
        if path.name != LABEL_FILE
        for name, entries in files.read(path).items()
        if any(type(entry["value"]) is int for entry in entries)
    }
    assert numbers - free == set(bounds.NUMBERS)


def test_an_amendment_is_one_dated_row(amend):
    before = rates.rate_runs("first")[-1]
    row = """
[[rate]]
from = 2027-01-01
to = 2027-12-31
value = { first = "2.8", after = "9.1", special_base = "1.8" }
reference = "地方税法附則3条の2第1項"
last_checked = 2026-12-01

[[rate]]
from = 2026-01-01"""
    amend("delinquency_charge.toml", ("[[rate]]\nfrom = 2026-01-01", row))
    after = rates.rate_runs("first")[-1]
    assert (before.to_date, after.from_date, after.to_date) == (
        date(2026, 12, 31),
        before.from_date,
        date(2027, 12, 31),
    )


def test_policy_changes_on_its_day(amend):
    entry = '[[demand_deadline_days]]\nlevy_kind = "料"\nfrom = 2000-01-01\nvalue = 20'
    amended = entry.replace("2000", "2026").removesuffix("20") + "40"
    rest = '\nreference = "改正条例"\nlast_checked = 2026-11-23\n\n'
    amend("levy_policy.toml", (entry, amended + rest + entry))
    found = [
        parameters.levy_policy("料", day).demand_deadline_days
        for day in (date(2025, 12, 31), date(2026, 1, 1))
    ]
    assert found == [20, 40]
    assert parameters.levy_policy("税", date(2026, 1, 1)).demand_deadline_days == 20


def test_no_value_before_the_first_day():
    with pytest.raises(dated.NoValue, match=r"levy_policy.toml: 料 の 1999-12-31 の値がありません"):
        parameters.levy_policy("料", date(1999, 12, 31))


def test_rates_follow_from_the_special_base_rate():
    """2014 on: first = base + 1 (at most 7.3), after = base + 7.3 (地方税法附則3条の2第1項)."""
    for entry in files.settings_in("delinquency_charge.toml")["rate"]:
        value = {name: Decimal(text) for name, text in entry["value"].items()}
        if entry["from"] >= date(2014, 1, 1):
            assert value["first"] == min(value["special_base"] + 1, Decimal("7.3")), entry
            assert value["after"] == value["special_base"] + Decimal("7.3"), entry
        else:
            assert value["first"] == value["special_base"], entry


def test_tables_are_plain_rows_of_one_shape():
    for name, rows in parameters.as_tables().items():
        assert rows, name
        assert len({tuple(row) for row in rows}) == 1, name
        kinds = {type(value) for row in rows for value in row.values()}
        assert kinds <= {int, str, bool, date, Decimal}, (name, kinds)


@pytest.mark.parametrize("path", sorted(path for path in files.FOLDER.glob("*.toml") if path.name != LABEL_FILE), ids=lambda path: path.name)
def test_every_entry_names_its_article_and_when_it_was_checked(path):
    """`reference` holds the article (条), or says whose rule it is: the city's own (市の…), a guideline, a scheme of indicators."""
    entries = [(name, entry) for name, own in files.read(path).items() for entry in own]
    assert entries, path.name
    for name, entry in entries:
        assert re.search(r"条|市の|旧民法に定めがない|ガイドライン|評価指標|厚生労働省|取扱上限|説明", entry["reference"]), (
            path.name,
            name,
            entry["reference"],
        )
        assert entry.get("from_memory") or date(2026, 1, 1) <= entry["last_checked"], (path.name, name, entry)


def test_a_rate_below_the_least_counts_as_the_least(amend):
    amend("delinquency_charge.toml", ('value = "0.1"', 'value = "2.0"'))
    assert str(rates.rate_runs("after_half")[-1].rate) == "2.0"


def test_a_reason_that_demand_toml_has_lost_is_told(amend):
    amend("demand.toml", ('reason = "破産手続"', 'reason = "破産の手続"'))
    with pytest.raises(
        files.LawFileInvalid, match=r"demand.toml の seizure_bar 3 番目.*「破産の手続」は使えない言葉です.*破産手続"
    ):
        assert demand.SeizureBar.BANKRUPTCY.rule(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("file_name", "old", "new", "complaint"),
    [
        ("delinquency_charge.toml", 'ground = "執行停止"', 'ground = "執行の停止"', "exemption_ground 2 番目.*「執行の停止」は使えない言葉"),
        ("grace.toml", 'ground = "換価猶予"', 'ground = "換価の猶予"', "charge_effect 3 番目.*「換価の猶予」は使えない言葉"),
        ("grace.toml", 'ground = "徴収猶予（事業）"', 'ground = "徴収猶予(事業)"', "charge_effect 2 番目.*使えない言葉"),
        ("grace.toml", 'word = "病気・負傷"', 'word = "病気や負傷"', "condition 2 番目.*「病気や負傷」は使えない言葉"),
        ("demand.toml", 'fact = "徴収猶予"', 'fact = "徴収の猶予"', "demand_stop 1 番目.*「徴収の猶予」は使えない言葉"),
        ("prescription.toml", 'end_reason = "取立"', 'end_reason = "取り立て"', "attachment_end 1 番目.*「取り立て」は使えない言葉"),
        ("demand.toml", 'reason = "執行停止"', 'reason = "破産手続"', "seizure_bar: 「執行停止」の項目がありません"),
        ("allocation.toml", '"督促手数料", "本料", "延滞金"]', '"督促手数料", "本科", "延滞金"]', "order 1 番目.*「本科」は使えない言葉"),
        ("allocation.toml", '"督促手数料", "本料", "延滞金"]', '"督促手数料", "本料", "本料"]', "order 1 番目.*1度ずつ"),
        ("allocation.toml", 'source = "任意納付"', 'source = "任意"', "order 2 番目.*「任意」は使えない言葉"),
        ("distribution.toml", "rank = 2", "rank = 1", "claim_class 2 番目.*順位 1 は 滞納処分費 と重なって"),
        ("distribution.toml", 'name = "税（差押）"', 'name = "税の差押"', "claim_class 4 番目.*「税の差押」は使えない言葉"),
        ("write_off.toml", 'booked_as = "時効"', 'booked_as = "消滅時効"', "reason 3 番目.*「消滅時効」は使えない言葉"),
        ("collection_rate.toml", 'name = "年報"', 'name = "年表"', "definition 2 番目.*「年表」は使えない言葉"),
        ("payment_slip.toml", "digits = 21", "digits = 20", "gs1_field: 桁数の和が 42"),
        ("payment_slip.toml", 'value = "91"', 'value = "92"', "application_identifier 1 番目.*「92」は使えない言葉"),
        ("delinquency_charge.toml", 'value = "1.3"', 'value = "13"', "deferral_rate 7 番目.*special_base から出る 1.3 と違います"),
        ("fiscal_year.toml", '"05-31"', '"05-32"', "accounts_close 1 番目.*月日で書いて"),
        ("fiscal_year.toml", 'value = "04-01"', 'value = "4-1"', "first_day 1 番目.*月日で書いて"),
        ("holidays.toml", "2026-05-06 =", "2026-05-07 =", "2026-05-06 に「振替休日」を書き足して"),
        ("holidays.toml", '2026-05-06 = "振替休日"', '2026-05-06 = "振替休日"\n2026-05-07 = "振替休日"\n2026-05-09 = "振替休日"', "2026-05-09 の前に日曜日の祝日がありません"),
    ],
)
def test_a_word_that_nobody_knows_and_rows_that_do_not_go_together_are_refused(amend, file_name, old, new, complaint):
    amend(file_name, (old, new))
    with pytest.raises(files.LawFileInvalid, match=f"^{file_name} の .*{complaint}.*ください。$"):
        files.settings_in(file_name)


def test_the_words_are_those_of_the_contract():
    """What the old 滞納システム and 収納 call the ends of an attachment, the grounds of a 猶予 and the reasons of a write-off."""
    columns = {(name, column.name): set(column.values) for name, table in tables().items() for column in table.columns}
    assert columns["disposition", "end_reason"] == set(WORDS["prescription.toml", "attachment_end", "end_reason"])
    assert columns["grace", "ground"] == set(WORDS["grace.toml", "condition", "word"])
    assert columns["write_off", "reason"] == set(WORDS["write_off.toml", "reason", "booked_as"])


def test_nobody_has_read_a_source_in_the_future():
    for file_name in shapes.SHAPES:
        for setting, entries in files.settings_in(file_name).items():
            assert all(entry.get("last_checked", date.min) <= settings.now().date() for entry in entries), (file_name, setting)


SETTINGS = [(file_name, setting) for file_name, settings in shapes.SHAPES.items() for setting in settings]


def test_no_setting_may_be_missing_and_no_key_misspelt(monkeypatch):
    """Each setting of the law removed in turn, then one key of each misspelt: the file, the entry and the remedy are named."""
    kept = files.read
    for file_name, setting in SETTINGS:
        whole = kept(files.FOLDER / file_name)
        without = {name: entries for name, entries in whole.items() if name != setting}
        assert refusal(monkeypatch, file_name, without) == f"{file_name} の {setting}: 項目がありません。根拠を確かめて書き足してください。"
        slip = refusal(monkeypatch, file_name, without | {setting: whole[setting], f"{setting}s": whole[setting]})
        assert slip == f"{file_name} の {setting}s: 知らない項目です。綴りを直すか消してください。"
        last = whole[setting][-1]
        if isinstance(shapes.SHAPES[file_name][setting], dict):
            for key in last["value"]:
                wrong = last | {"value": {name + "x" * (name == key): found for name, found in last["value"].items()}}
                told = refusal(monkeypatch, file_name, whole | {setting: [*whole[setting][:-1], wrong]})
                assert re.match(rf"{file_name} の {setting} {len(whole[setting])} 番目（from .*）: value は .*{key}.* をこの名前どおり書いてください。$", told)


def refusal(monkeypatch, file_name, settings):
    monkeypatch.setattr(files, "read", lambda path: settings)
    files.settings_in.cache_clear()
    with pytest.raises(files.LawFileInvalid) as refused:
        files.settings_in(file_name)
    monkeypatch.undo()
    return str(refused.value)


def test_every_file_and_setting_of_the_law_has_its_shape():
    """screening.toml has its own reader, with more to check."""
    on_file = {path.name for path in files.FOLDER.glob("*.toml")} - {LABEL_FILE, "screening.toml"}
    assert on_file == set(shapes.SHAPES)
    for name, expected in shapes.SHAPES.items():
        assert set(files.settings_in(name)) == set(expected), name
