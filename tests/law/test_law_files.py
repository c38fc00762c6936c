"""A law file that cannot be trusted is refused with the file, the entry and the remedy."""

from datetime import date
from decimal import Decimal

import pytest

from law import calendar, dated, files, parameters, rates

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


def with_law(monkeypatch, tmp_path, file_name, old, new):
    """The law with one change in one file; caches are emptied before and after."""
    for path in files.FOLDER.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        if path.name == file_name:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    forget()


def forget():
    for module in (calendar, dated, files, parameters, rates):
        for cached in vars(module).values():
            if hasattr(cached, "cache_clear"):
                cached.cache_clear()


@pytest.fixture
def changed(monkeypatch, tmp_path):
    yield lambda *change: with_law(monkeypatch, tmp_path, *change)
    monkeypatch.undo()
    forget()


@pytest.mark.parametrize(
    ("file_name", "old", "new", "complaint"),
    [
        ("delinquency_charge.toml", "to = 2013-12-31", "to = 2013-12-30", "続いていません"),
        ("delinquency_charge.toml", "to = 2013-12-31", "to = 2014-01-01", "続いていません"),
        ("delinquency_charge.toml", "to = 2013-12-31", "", "to がありません"),
        ("delinquency_charge.toml", 'first = "2.8"', "first = 2.8", "文字列の数"),
        ("delinquency_charge.toml", 'first = "2.8"', 'frist = "2.8"', "first を"),
        ("levy_policy.toml", "value = 1\n", "value = 2\n", "使える値は"),
        ("levy_policy.toml", "value = 1000\n", 'value = "1000"\n', "int で書いて"),
        ("levy_policy.toml", 'value = "due_date"', 'value = "issued_on"', "使える値は"),
        (
            "levy_policy.toml",
            '"料"\nfrom = 2000-01-01',
            '"料"\nfrom = 2001-01-01',
            "2000-01-01 の値がありません",
        ),
        ("levy_policy.toml", '"料"\nfrom = 2000-01-01', '"税"\nfrom = 2000-01-01', "料 の 2000-01-01 の値"),
        ("levy_policy.toml", "value = 1\n", "value = 1\nto = 2030-03-31\n", "to は使いません"),
    ],
)
def test_law_that_does_not_hold_together_is_refused(changed, file_name, old, new, complaint):
    changed(file_name, old, new)
    with pytest.raises(files.LawFileInvalid, match=f"{file_name}.*{complaint}"):
        parameters.as_tables()


def test_an_amendment_is_one_dated_row(changed):
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
    changed("delinquency_charge.toml", "[[rate]]\nfrom = 2026-01-01", row)
    after = rates.rate_runs("first")[-1]
    assert (before.to_date, after.from_date, after.to_date) == (
        date(2026, 12, 31),
        before.from_date,
        date(2027, 12, 31),
    )


def test_policy_changes_on_its_day(changed):
    entry = '[[demand_deadline_days]]\nlevy_kind = "料"\nfrom = 2000-01-01\nvalue = 20'
    amended = entry.replace("2000", "2026").removesuffix("20") + "40"
    rest = '\nreference = "改正条例"\nlast_checked = 2026-11-23\n\n'
    changed("levy_policy.toml", entry, amended + rest + entry)
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
