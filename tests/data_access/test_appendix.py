"""評価書 別添1 as it is written, and the contract beside it: every one of the 120 items and 57 tables has its place or a reason."""

import re
from collections import Counter

import polars as pl
import pytest

from audit import log
from auth.access import permissions
from data_access import planning, snapshot
from data_access.contract import console_tables, never_enters, systems, tables
from data_access.feed_schedule import HELD, Announced, Feed
from data_access.feed_text import Unreadable, header, unknown_columns
from tests.house.tree import ROOT

# (1) 宛名特定個人情報ファイル, 1 to 120. (62 repeats the name of 59; it stands where 送付先名カナ would.)
ITEMS = dict(enumerate([
    "個人番号", "個人番号異動事由", "個人番号異動日", "宛名コード", "宛名区分", "個法区分", "宛名税目コード", "通称名使用区分", "宛名異動事由",
    "宛名基本異動日", "宛名基本届出日", "基本氏名カナ情報", "基本氏名検索カナ情報", "基本氏名漢字情報", "基本名カナ情報", "基本名検索カナ情報",
    "基本名漢字情報", "生年月日", "性別", "行政区", "小学校区", "中学校区", "選挙区", "郵便親番", "郵便子番", "住所区分", "住所コード", "番地コード",
    "枝番コード", "小枝番コード", "小枝番コード3", "住所漢字", "方書漢字", "国籍コード", "在留資格", "在留期間開始日", "在留期間終了日",
    "住記住民日", "住記住定日", "住記消除日", "住記消除事由", "住記住民区分", "転入前市町村コード", "転入前郵便番号", "転入前住所", "転入前方書",
    "転出前市町村コード", "転出前郵便番号", "転出前住所", "転出前方書", "外国人登録番号", "社会保障番号", "DVフラグ", "ネグレクトフラグ",
    "送付先設定事由", "送付先設定日", "送付先廃止事由", "送付先廃止日", "送付先氏名カナ情報", "送付先氏名検索カナ情報", "送付先氏名漢字情報",
    "送付先氏名カナ情報", "送付先名検索カナ情報", "送付先名漢字情報", "送付先郵便親番", "送付先郵便子番", "送付先住所区分", "送付先住所コード",
    "送付先番地コード", "送付先枝番コード", "送付先小枝番コード", "送付先小枝番コード3", "送付先住所漢字", "送付先方書漢字", "特定宛先人区分",
    "特定宛先人コード", "特定宛先人設定日", "特定宛先人廃止日", "世帯コード", "続柄", "世帯増事由", "世帯増異動日", "世帯減事由", "世帯減異動日",
    "口座申込年月日", "口座開始年月日", "口座解約異動事由", "口座解約年月日", "金融機関コード", "口座種別", "口座番号", "口座名義人カナ",
    "口座電話番号", "納付種別", "口座振済通知出力区分", "還付申込年月日", "還付開始年月日", "還付解約異動事由", "還付解約年月日",
    "還付金融機関コード", "還付用口座種別", "還付用口座番号", "還付口座名義人カナ", "還付口座名義人漢字", "還付口座電話番号", "組合コード",
    "組合加入日", "組合脱退日", "市町村コード", "関連前宛名コード", "関連宛名開始事由", "関連宛名開始異動日", "関連宛名終了事由",
    "関連宛名終了異動日", "連絡先種別", "電話番号等", "経理担当者等", "連絡先設定日", "異動担当者", "更新業務コード",
], start=1))
# (2) 滞納整理ファイル, 1 to 56; 47 holds two.
TABLES = [
    (1, "宛名基本"), (2, "曖昧検索"), (3, "送付先"), (4, "連絡先"), (5, "口座"), (6, "戸籍"), (7, "宛名履歴"), (8, "年調定"), (9, "開始期別"),
    (10, "期別調定"), (11, "調定履歴"), (12, "収納履歴"), (13, "速報"), (14, "口座振替"), (15, "納付書発行履歴"), (16, "納付書発行履歴管理"),
    (17, "期別調定納付書発行回数"), (18, "仮入金"), (19, "滞納個人"), (20, "催告停止"), (21, "所属別担当"), (22, "所属別付箋"), (23, "記事"),
    (24, "詳細記事"), (25, "スケジュール"), (26, "処分"), (27, "処分調定"), (28, "証券管理"), (29, "分納"), (30, "財産管理"), (31, "物件明細"),
    (32, "利害関係"), (33, "利害関係明細"), (34, "事件番号"), (35, "公売管理"), (36, "充当明細"), (37, "詳細情報"), (38, "相続人"), (39, "承継明細"),
    (40, "権利者"), (41, "公売計画"), (42, "文書管理"), (43, "住民税"), (44, "資産税土地"), (45, "資産税建物"), (46, "共有情報"), (47, "軽自"),
    (47, "国保資格"), (48, "国保賦課"), (49, "証交付"), (50, "証交付履歴"), (51, "法人基本"), (52, "法人申告"), (53, "検索履歴"), (54, "仮想入金"),
    (55, "仮想入金期別調定"), (56, "個人番号"),
]
# Where our label is neither the document's word nor has it as an alias: one column carries several items (氏名 both 氏名 and
# 名, 郵便番号 both halves, 口座 both 口座 and 還付口座 …), or 宛名税目コード is called 業務, which is what it tells apart.
RENAMED = {
    6: {"宛名区分"}, 7: {"業務"}, 15: {"氏名カナ"}, 16: {"氏名検索カナ"}, 17: {"氏名"}, 24: {"郵便番号"}, 25: {"郵便番号"},
    32: {"町名", "番地・方書"}, 33: {"番地・方書"}, 46: {"転入前住所"}, 50: {"転出先住所"},
    63: {"送付先氏名検索カナ"}, 64: {"送付先氏名"}, 65: {"郵便番号"}, 66: {"郵便番号"}, 74: {"送付先住所"},
    96: {"口座申込年月日"}, 97: {"口座開始年月日"}, 98: {"口座解約異動事由"}, 99: {"口座解約年月日"}, 100: {"金融機関コード"},
    101: {"口座種別"}, 102: {"口座番号"}, 103: {"口座名義人カナ"}, 104: {"口座名義人漢字"}, 105: {"口座電話番号"},
}
COLUMNS = [(table, column) for table in tables().values() for column in table.columns]
CARRIED = {number for _, column in COLUMNS for number in column.items}
LEFT_OUT = {number for number in ITEMS if f"別添1(1)-{number}" in never_enters()}


def test_the_document_is_transcribed_whole():
    assert (len(ITEMS), ITEMS[120]) == (120, "更新業務コード")
    assert (len(TABLES), {number for number, _ in TABLES}) == (57, set(range(1, 57)))
    assert [name for number, name in TABLES if number == 47] == ["軽自", "国保資格"]


def test_every_item_is_a_column_or_has_a_reason():
    neither = {number: name for number, name in ITEMS.items() if number not in CARRIED | LEFT_OUT}
    assert not neither, f"どの表の項目でもなく、入れない理由もありません: {neither}"
    assert not CARRIED & LEFT_OUT, f"表にあるのに入れないことになっています: {CARRIED & LEFT_OUT}"
    assert ITEMS.keys() == CARRIED | LEFT_OUT, "別添1(1) にない番号があります"


def test_no_table_carries_an_item_twice():
    """Two columns of one table may share an item only where it is split: 住所 into 町名 and 番地."""
    for table in tables().values():
        twice = [number for number, count in Counter(n for column in table.columns for n in column.items).items() if count > 1]
        assert twice == ([32] if table.name == "person" else []), table.name


def test_the_columns_are_called_as_the_document_calls_them():
    other = {}
    for _, column in COLUMNS:
        for number in column.items:
            if ITEMS[number] not in (column.label, *column.aliases):
                other.setdefault(number, set()).add(column.label)
    assert other == RENAMED


def test_what_never_enters_is_named_and_has_a_reason():
    named = {f"別添1(1)-{number}": name for number, name in ITEMS.items()} | {f"別添1(2)-{number}": name for number, name in TABLES}
    for place, refused in never_enters().items():
        assert refused.name == named[place], place
        assert refused.reason.endswith("。"), place
        assert len(refused.reason) >= 20, place


@pytest.mark.parametrize("table", ["person", "contact", "bank_account"])
def test_what_never_enters_is_refused_or_left_out_and_told(tmp_path, table):
    spec = tables()[table]
    feed = Feed(systems()[spec.system], spec, Announced(table, f"{table}.csv", "utf-8", "全件", 1, 0, {}, ""))
    labels = [column.label for column in spec.columns]
    text = tmp_path / "feed.csv"
    text.write_text(",".join(labels) + "\r\n", encoding="utf-8")
    assert header(feed, text).labels == labels
    for refused in never_enters().values():
        text.write_text(",".join([*labels, refused.name]) + "\r\n", encoding="utf-8")
        if "個人番号" in refused.name:
            with pytest.raises(Unreadable, match="個人番号の列があります"):
                header(feed, text)
        else:
            found = header(feed, text)
            assert found.extra == [refused.name]
            (told,) = unknown_columns(feed, found.extra)
            assert (told.severity, told.column) == (HELD, None)
            assert refused.name in told.rule


def covered() -> set[tuple[int, str]]:
    """(number, name) of every table of (2) that a feed, the console or a reason accounts for."""
    found = [(table.appendix, table.label) for table in (*tables().values(), *console_tables().values())]
    found += [(refused.appendix, refused.name) for refused in never_enters().values()]
    return {(int(place.removeprefix("別添1(2)-")), name) for place, name in found if place.startswith("別添1(2)-")}


def test_every_table_of_the_document_has_its_place():
    missing = [(number, name) for number, name in TABLES if (number, name) not in covered()]
    assert not missing, f"別添1(2) のこの表には、連携の表も、コンソールの表も、入れない理由もありません: {missing}"


def test_every_table_of_ours_says_where_it_belongs():
    numbers = {number for number, _ in TABLES}
    for table in (*tables().values(), *console_tables().values()):
        assert re.fullmatch(r"別添1\((1|2)\)(-\d+)?|収納システムの機能[①-⑫]|固定資産税システムの機能【..】[①-⑫]", table.appendix), table.name
        assert not table.appendix.startswith("別添1(2)") or int(table.appendix.split("-")[1]) in numbers, table.name
    assert not console_tables().keys() & tables().keys(), "連携の表とコンソールの表が重なっています"


@pytest.mark.parametrize("table", console_tables().values(), ids=lambda table: table.name)
def test_a_console_table_is_filled_by_what_it_says(table):
    assert re.fullmatch(r"[a-z_]+", table.name)
    assert all((table.label, table.grain, table.filled_by))
    assert table.filled_by in tables() or (ROOT / table.filled_by).is_file(), table.filled_by
    derived = ROOT / f"data_access/derived/{table.name}.sql"
    assert not derived.is_file() or table.filled_by == str(derived.relative_to(ROOT)), f"{derived.name} が作るのに、そう書いてありません"
    names = [column.name for column in table.columns]
    assert set(table.key) <= set(names)
    for places in (names, [column.label for column in table.columns]):
        assert len(set(places)) == len(places), table.name
    assert {column.sensitivity for column in table.columns} <= permissions().classes.keys()


def test_a_console_table_has_the_columns_that_are_there(city):
    folder = snapshot.current().folder
    there = {"access_log": log.ACCESS_LOG.columns.keys(), "what_if_receipt": [*planning.PART_ROWS], "what_if_allocation": [*planning.DEBT_ROWS]}
    for table in console_tables().values():
        path = folder / ("restricted" if table.filled_by in tables() else "derived") / f"{table.filled_by.split('/')[-1].removesuffix('.sql')}.parquet"
        found = there.get(table.name) or pl.read_parquet_schema(path).names()
        assert [column.name for column in table.columns] == found, table.name


def test_aliases_and_codes_tell_one_thing():
    for table in tables().values():
        labels = [column.label for column in table.columns]
        every = [*labels, *(alias for column in table.columns for alias in column.aliases)]
        assert len(set(every)) == len(every), f"{table.name}: 一つの見出しが二つの項目を指します"
        assert not any("個人番号" in alias for alias in every), table.name
        assert table.standard is None or re.fullmatch(r"\d{3}o\d{3}", table.standard), table.name
    for table, column in COLUMNS:
        assert set(column.codes.values()) <= set(column.values), f"{table.name}.{column.name}"
        assert not column.codes.keys() & set(column.values), f"{table.name}.{column.name}"


def test_the_codes_are_those_of_the_standards():
    assert tables()["person"].column("sex").codes == {"1": "男", "2": "女", "0": "不明"}
    assert tables()["bank_account"].column("account_kind").codes == {"1": "普通", "2": "当座", "4": "貯蓄", "9": "その他"}


def test_telephones_accounts_and_protection_keep_their_class():
    classes = {name: {column.sensitivity for column in tables()[name].columns if column.name not in ("history_number", "is_latest", "is_deleted")}
               for name in ("contact", "bank_account", "protection")}
    assert classes == {"contact": {"C1", "C3", "C9"}, "bank_account": {"C1", "C3", "C4", "C9"}, "protection": {"C1", "C7"}}
    assert {column.name for column in tables()["bank_account"].columns if column.sensitivity == "C9"} == {
        "business", "payment_kind", "has_transfer_notice", "history_number", "is_latest", "is_deleted"}
