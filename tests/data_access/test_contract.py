"""The contract says of every item what it is called, what it holds and who may see it; and it holds together."""

import re
import tomllib
from datetime import date

import pytest

from auth.access import permissions
from data_access import contract
from data_access.contract import MOST_YEN, code_list, labels, systems, tables
from data_access.contract.code_list import CodesInvalid, allowed, code_lists
from data_access.feed_rules import rules

TABLES = list(tables().values())
KINDS = {"code", "text", "date", "yen", "integer", "flag", "choice"}
CARE = re.compile("生活保護|公費|医療扶助|病|負傷|療養|障害|健康|介護|福祉|施設入所|失業")
UNITS = {"yen", "date", "month", "percent", "point", "count", "year", "time", "area", "installment", "text"}


def test_every_system_with_its_encoding_and_when_it_is_due():
    assert {system.code: (system.encoding, system.due) for system in systems().values()} == {
        "atena": ("utf-8", "daily"), "kokuho": ("utf-8", "daily"), "shuno": ("cp932", "daily"), "tainou": ("cp932", "once"),
        "juminzei": ("utf-8", "daily"), "kotei": ("cp932", "daily"), "keiji": ("utf-8", "daily")}
    assert sum(len(system.tables) for system in systems().values()) == len(tables()), "a table's name stands in two systems"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_says_what_its_columns_are(table):
    assert all((table.label, table.appendix, table.grain)), table.name
    assert re.fullmatch(r"[a-z_]+", table.name)
    for column in table.columns:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", column.name), column
        assert column.label, column
        assert column.kind in KINDS, column
        assert column.sensitivity in permissions().classes, column
        assert (column.length is not None) == (column.kind in ("code", "text")), column
        assert bool(column.values) == (column.kind == "choice"), column
        assert "個人番号" not in column.label, column
    for places in ([column.name for column in table.columns], [column.label for column in table.columns]):
        assert len(set(places)) == len(places), table.name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_and_totals_exist(table):
    columns = {column.name: column for column in table.columns}
    assert table.key
    for name in table.key:
        assert columns[name].is_required, f"{table.name}.{name}: 鍵は必須です"
    for name in table.control:
        assert columns[name].kind == "yen"
    for rule in table.sums:
        assert {columns[name].kind for name in (rule["total"], *rule["parts"])} == {"yen"}
    assert {columns[name].kind for pair in table.order for name in pair} <= {"date"}
    if table.unpivot:
        assert {name for _, name in table.unpivot["columns"]} <= columns.keys()
        assert table.unpivot["table"] not in tables()
    if table.has_history:
        assert [column.label for column in table.columns[-3:]] == ["履歴番号", "最新フラグ", "削除フラグ"]
        assert table.key[-1] == "history_number"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_references_resolve_to_the_same_type(table):
    for column in table.columns:
        if column.references:
            other, name = column.references.split(".")
            target = tables()[other].column(name)
            assert name in tables()[other].key, column
            assert (target.kind, target.length) == (column.kind, column.length), column


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_rule_tells_what_to_do(table):
    for rule in rules(table):
        assert rule.says, rule
        assert rule.remedy.endswith("。"), rule
        assert rule.label == table.column(rule.column).label


def test_numbers_of_persons_are_never_plain_items():
    """宛名番号 is C1 wherever it stands; who a person is, C2; protection, C7."""
    for table in TABLES:
        for column in table.columns:
            if column.name.endswith("atena_number"):
                assert column.sensitivity == "C1", column
            if column.name in ("name", "name_kana", "birth_date", "address", "address_rest", "town", "addressee_name"):
                assert column.sensitivity == "C2", column
    assert {column.sensitivity for column in tables()["protection"].columns if column.name not in ("history_number", "is_latest", "is_deleted")} == {"C1", "C7"}


def test_limits_are_of_the_column_s_type():
    for table in TABLES:
        for column in table.columns:
            for limit in (column.minimum, column.maximum):
                assert limit is None or isinstance(limit, str if column.kind == "date" else int), column
                assert limit is None or column.kind in ("date", "yen", "integer"), column


def test_every_amount_has_a_largest_and_a_smallest():
    amounts = [column for table in TABLES for column in table.columns if column.kind == "yen"]
    assert all(-MOST_YEN <= column.minimum < column.maximum <= MOST_YEN for column in amounts)
    assert tables()["receipt"].column("principal_yen").maximum < MOST_YEN == tables()["carry_over"].column("carried_yen").maximum


def test_what_tells_of_health_or_welfare_is_c6():
    """特別療養費 is a way to pay for care, not an illness."""
    for table in TABLES:
        for column in table.columns:
            told = [value for value in column.values if CARE.search(value.replace("特別療養費", ""))]
            assert not told or column.sensitivity == "C6", f"{table.name}.{column.name}: {told}"


def test_a_code_table_stands_once():
    """The same words of two columns are one list of codes.toml, and every list is used."""
    raw = [column for path in contract.HERE.glob("*.toml") for table in tomllib.loads(path.read_text("utf-8")).get("table", {}).values()
           for column in table.get("columns", ())]
    inline = [tuple(column["values"]) for column in raw if "values" in column and "codes" not in column]
    assert len(set(inline)) == len(inline), "同じ語の並びは codes.toml に置いて、名前で指してください。"
    assert not set(inline) & {found.words for found in code_lists().values()}
    assert {column[word] for column in raw for word in ("codes", "code_of") if word in column} == code_lists().keys()


GOOD = {"label": "性別", "source": "JIS X 0303", "from": date(2020, 4, 1), "entries": [{"code": "1", "word": "男"}, {"code": "2", "word": "女"}]}
BAD_LISTS = [
    ({"source": ""}, "source がありません"),
    ({"from": None}, "from がありません"),
    ({"entries": []}, "entries がありません"),
    ({"entries": [*GOOD["entries"], {"code": "2", "word": "不明"}]}, "code 2 が2つあります"),
    ({"entries": [*GOOD["entries"], {"code": "3", "word": "男"}]}, "word 男 が2つあります"),
    ({"entries": [*GOOD["entries"], {"code": "9"}]}, "コード 9 に word がありません"),
    ({"entries": [*GOOD["entries"], {"word": "1"}]}, "1 が語でもコードでもあります"),
]


@pytest.mark.parametrize(("change", "says"), BAD_LISTS)
def test_a_broken_code_table_is_told(change, says):
    assert code_list.read("sex", GOOD).codes == {"1": "男", "2": "女"}
    with pytest.raises(CodesInvalid) as told:
        code_list.read("sex", GOOD | change)
    assert str(told.value).startswith(f"codes.toml の sex: {says}。")
    assert str(told.value).endswith("ください。")


@pytest.mark.parametrize(("column", "says"), [
    ({"codes": "gender"}, "sex（性別）が指すコード表 gender がありません。codes.toml に加えるか"),
    ({"codes": "sex", "values": ["男", "雄"]}, "sex（性別）の 雄 がコード表 sex にありません。"),
])
def test_an_item_that_takes_what_is_not_there_is_told(column, says):
    with pytest.raises(CodesInvalid, match=says):
        allowed({"name": "sex", "label": "性別"} | column)


def test_screen_labels_have_a_unit():
    screen = tomllib.loads((contract.HERE / "screen.toml").read_text("utf-8"))["label"]
    for name, entry in screen.items():
        assert re.fullmatch(r"[a-z_]+", name)
        assert entry["label"]
    assert {label.unit for label in labels().values()} <= UNITS
    assert {column.name for table in TABLES for column in table.columns} <= labels().keys()
