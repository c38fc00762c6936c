"""Everything that must not get in: one bend of one honest feed each, and what the report must say about it."""

from collections.abc import Callable
from dataclasses import dataclass

from law.my_number import WEIGHTS
from tests.data_access.feeds import Feed, schedule, write_schedule


@dataclass(frozen=True)
class Case:
    """`bend` breaks the feed of `table`; `says` stands in the report, with the row (header = 1) and the column
    (of `told_of`, if that is another table) where given; `keeps_rows` when the offending rows, alone, go to quarantine."""

    name: str
    table: str
    bend: Callable[[Feed], object]
    says: str
    row: int | None = None
    column: str | None = None
    keeps_rows: bool = False
    told_of: str = ""
    severity: str = "拒否"
    awaited: str = ""  # what a whole intake says instead, when the feed is only late

    def __str__(self) -> str:
        return self.name


def my_number(body: str = "12345678901") -> str:
    """Twelve digits with a valid check digit."""
    remainder = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    return body + str(0 if remainder <= 1 else 11 - remainder)


def plan(name: str, says: str, table: str = "receipt", row: int | None = None, **announced: str) -> Case:
    """A line of 連携予定 that says something else than it should."""
    return Case(name, table, lambda feed: feed.announce(**announced), says, row)


def cell(name: str, table: str, column: str, value: str, says: str, row: int = 2) -> Case:
    """One cell holds `value`, announced truly."""
    return Case(name, table, lambda feed: feed.change(column, value, row), says, row + 1, column, keeps_rows=True, severity="隔離")


def hidden(name: str, table: str, column: str, value: str, row: int = 2) -> Case:
    """個人番号 in one cell: the file is refused, nothing of it is kept."""
    return Case(name, table, lambda feed: feed.change(column, value, row), "個人番号とみられる", row + 1, column)


def content(name: str, table: str, change: Callable[[bytes], bytes], says: str, row: int | None = None, **announced: str) -> Case:
    """The file's bytes changed, and their hash announced."""
    return Case(name, table, lambda feed: feed.write_bytes(change(feed.path.read_bytes()), **announced), says, row)


def _set_aside(name: str, table: str, change: Callable[[bytes], bytes], says: str) -> Case:
    return Case(name, table, lambda feed: feed.write_bytes(change(feed.path.read_bytes())), says, severity="隔離")


def _lines(change: Callable[[list[dict]], list[dict]]) -> Callable[[Feed], object]:
    return lambda feed: write_schedule(feed.folder, change(schedule(feed.folder)))


def _raw_plan(change: Callable[[bytes], bytes]) -> Callable[[Feed], object]:
    path = "連携予定.csv"
    return lambda feed: (feed.folder / path).write_bytes(change((feed.folder / path).read_bytes()))


def _as_link(feed: Feed) -> None:
    real = feed.path.rename(feed.folder / "elsewhere.csv")
    feed.path.symlink_to(real)


def _plan_as_link(feed: Feed) -> None:
    path = feed.folder / "連携予定.csv"
    path.symlink_to(path.rename(feed.folder / "elsewhere.csv"))


def _without(name: str) -> Callable[[Feed], object]:
    def bend(feed: Feed) -> None:
        at = feed.at(name)
        feed.write([row[:at] + row[at + 1:] for row in feed.rows()], feed.labels[:at] + feed.labels[at + 1:])
    return bend


def _with_column(label: str, cell: str = "1") -> Callable[[Feed], object]:
    return lambda feed: feed.write([[*row, cell] for row in feed.rows()], [*feed.labels, label])


def _relabelled(name: str, label: str) -> Callable[[Feed], object]:
    return lambda feed: feed.write(feed.rows(), [label if n == feed.at(name) else old for n, old in enumerate(feed.labels)])


def _headless(feed: Feed) -> None:
    rows = feed.rows()
    feed.write(rows[1:], rows[0])


def _again(feed: Feed) -> None:
    feed.write([*feed.rows(), feed.rows()[0]])


def _parts(feed: Feed) -> None:
    at = feed.at("medical_yen")
    feed.change("medical_yen", str(int(feed.rows()[0][at]) + 1))


def _bare_lf(data: bytes) -> bytes:
    first, second, *rest = data.split(b"\r\n")
    return first + b"\r\n" + second + b"\n" + b"\r\n".join(rest)


def _line(data: bytes, number: int, change: Callable[[bytes], bytes]) -> bytes:
    lines = data.split(b"\r\n")
    lines[number - 1] = change(lines[number - 1])
    return b"\r\n".join(lines)


PLAN = [
    Case("連携予定がない", "receipt", lambda feed: (feed.folder / "連携予定.csv").unlink(), "連携予定ファイルがありません", severity="未着", awaited="期限を過ぎても届いていません"),
    Case("連携予定がリンク", "receipt", _plan_as_link, "フォルダか連携予定がリンクです"),
    Case("連携予定が UTF-8 でない", "receipt", _raw_plan(lambda data: data.decode().encode("cp932")), "UTF-8 で読めません"),
    Case("連携予定の見出しが違う", "receipt", _raw_plan(lambda data: data.replace("件数".encode(), "行数".encode())), "見出しが違います"),
    Case("連携予定が空", "receipt", _raw_plan(lambda data: b""), "見出しが違います"),
    Case("連携予定が見出しだけ", "receipt", _lines(lambda lines: []), "表 receipt が連携予定にありません"),
    Case("連携予定の項目が足りない", "receipt", _raw_plan(lambda data: data.rstrip().rpartition(b",")[0] + b"\r\n"), "項目数が 8 です"),
    Case("連携予定に NUL", "receipt", _raw_plan(lambda data: data.replace(b"receipt_2", b"receipt\x00_2")), "使えない文字"),
    Case("連携予定の引用符が閉じない", "receipt", _raw_plan(lambda data: data + b'"' + b"x" * 200_000), "CSV として読めません"),
    Case("予定にない表", "receipt", _lines(lambda lines: [line for line in lines if line["表"] != "receipt"]), "表 receipt が連携予定にありません"),
    Case("取り決めにない表", "receipt", _lines(lambda lines: [*lines, lines[0] | {"表": "income"}]), "表 income は取り決めにありません"),
    Case("表が2回", "receipt", _lines(lambda lines: [*lines, lines[0]]), "が2回書かれています"),
    Case("連番が揃わない", "receipt", _lines(lambda lines: [lines[0] | {"連番": "9"}, *lines[1:]]), "連番が揃っていません"),
    plan("取り決めにない文字コード", "文字コード", 文字コード="utf-16"),
    plan("区分が違う", "全件・差分・全件再送 のどれでもありません", 区分="更新"),
    plan("対象日が違う", "対象日 2026-10-29", 対象日="2026-10-29"),
    plan("連番が数でない", "連番・件数は 0 以上の整数", 連番="二"),
    plan("件数が負", "連番・件数は 0 以上の整数", 件数="-1"),
    plan("ハッシュが短い", "16 進小文字 64 桁", **{"SHA-256": "ab12"}),
    plan("管理合計が数でない", "管理合計は", 管理合計="本料=たくさん"),
    plan("管理合計に値がない", "管理合計は", 管理合計="本料"),
    plan("ファイル名に道", "ファイル名に使えない文字", ファイル名="../receipt.csv"),
    plan("ファイル名に親", "ファイル名に使えない文字", ファイル名=".."),
]

FILE = [
    Case("ファイルがない", "receipt", lambda feed: feed.path.unlink(), "予定されたファイルがありません", severity="未着"),
    Case("ファイルがリンク", "receipt", _as_link, "ファイルがリンクです"),
    Case("ハッシュが違う", "receipt", lambda feed: feed.path.write_bytes(feed.path.read_bytes().replace(b"0", b"1", 1)), "SHA-256 が連携予定と一致しません"),
    Case("途中で切れた", "receipt", lambda feed: feed.path.write_bytes(feed.path.read_bytes()[:-9]), "SHA-256 が連携予定と一致しません"),
    content("行の途中で切れた", "receipt", lambda data: data[:-9], "項目の数か引用符"),
    content("最後の行がない", "receipt", lambda data: data[: data[:-2].rindex(b"\r\n") + 2], "件数が"),
    content("見出しの途中で切れた", "receipt", lambda data: data[:4], "列 "),
    content("空のファイル", "receipt", lambda data: b"", "列 "),
    content("cp932 のはずが UTF-8", "receipt", lambda data: data.decode("cp932").encode(), "cp932 として読めない文字", row=1),
    content("UTF-8 のはずが cp932", "person", lambda data: data.decode().encode("cp932"), "utf-8 として読めない文字", row=1),
    content("UTF-16", "person", lambda data: data.decode().encode("utf-16"), "utf-8 として読めない文字", row=1),
    content("はぐれた1バイト", "person", lambda data: _line(data, 3, lambda line: line + b"\x81"), "utf-8 として読めない文字", row=3),
    content("文字の途中で終わる", "person", lambda data: data[:-2] + b"\xe3\x81", "最後の文字が途中で切れています"),
    content("NUL", "receipt", lambda data: _line(data, 3, lambda line: line[:-1] + b"\x00"), "NUL 文字があります"),
    content("件数が多い", "receipt", lambda data: data, "連携予定は 99 件", 件数="99"),
    content("件数が少ない", "receipt", lambda data: data, "連携予定は 1 件", 件数="1"),
    Case("管理合計が違う", "receipt", lambda feed: feed.announce(管理合計="本料=1;延滞金=0;督促手数料=0"), "本料の合計が", column="principal_yen"),
    Case("管理合計がない", "receipt", lambda feed: feed.announce(管理合計=""), "連携予定では書かれていません", column="principal_yen"),
    Case("列がない", "receipt", _without("fee_yen"), "列 督促手数料 がありません", 1),
    Case("列が余る", "receipt", _with_column("備考"), "列 備考 は取り決めにありません（読まずに残りを取り込みます）", 1, severity="保留"),
    Case("知らない列に個人番号", "receipt", _with_column("備考", my_number()), "個人番号とみられる12桁の数字があります", 2),
    Case("見出しに個人番号", "receipt", _with_column(my_number()), "個人番号の列があります", 1),
    Case("マイナンバーの列", "person", _with_column("マイナンバー"), "個人番号の列があります", 1),
    Case("列の名が違う", "receipt", _relabelled("fee_yen", "手数料"), "列 督促手数料 がありません", 1),
    Case("見出しが2つ同じ", "receipt", _with_column("本料"), "同じ見出しが2つあります", 1),
    Case("見出しの行がない", "person", _headless, "列 宛名番号", 1),
    Case("個人番号の列", "person", _with_column("個人番号"), "個人番号の列があります", 1),
    Case("個人番号（全角かっこつき）の列", "person", _with_column("世帯主個人番号（再掲）"), "個人番号の列があります", 1),
    Case("氏名に個人番号", "person", lambda feed: feed.change("name", f"因幡{my_number()}", 2), "個人番号とみられる", 3, "name"),
    Case("方書に全角の個人番号", "person", lambda feed: feed.change("address_rest", "1番地　" + my_number().translate(str.maketrans("0123456789", "０１２３４５６７８９")), 2), "個人番号とみられる", 3, "address_rest"),
    Case("区切りのある個人番号", "person", lambda feed: feed.change("name", "－".join([my_number()[:4], my_number()[4:8], my_number()[8:]]), 2), "個人番号とみられる", 3, "name"),
    Case("空白2つで区切る個人番号", "person", lambda feed: feed.change("name", "  ".join([my_number()[:4], my_number()[4:8], my_number()[8:]]), 2), "個人番号とみられる", 3, "name"),
    content("項目が多い", "receipt", lambda data: _line(data, 3, lambda line: line + b",1"), "項目の数か引用符", row=3),
    content("項目が少ない", "receipt", lambda data: _line(data, 3, lambda line: line.rpartition(b",")[0]), "項目の数か引用符", row=3),
    content("空の行", "receipt", lambda data: _line(data, 3, lambda line: b""), "件数が"),
    content("引用符が閉じない", "receipt", lambda data: _line(data, 3, lambda line: b'"' + line), "項目の数か引用符", row=3),
    content("引用符のあとに文字", "person", lambda data: _line(data, 3, lambda line: b'"12"3' + line), "項目の数か引用符", row=3),
    content("LF が混じる", "receipt", _bare_lf, "CSV として読めません（改行が1行目は CRLF、この行から LF です）", row=2),
    content("CR だけが混じる", "receipt", lambda data: data.replace(b"\r\n", b"\r", 2), "CSV として読めません（改行が1行目は CR、この行から CRLF です）", row=3),
    content("3 MB の項目", "person", lambda data: _line(data, 3, lambda line: line + b"x" * 3_000_000), "項目の数か引用符", row=3),
    cell("必須が空", "receipt", "booked_on", "", "必須の項目が空です"),
    cell("必須が空白だけ", "person", "name_kana", "   ", "必須の項目が空です"),
    cell("必須の日が 00000000", "receipt", "received_on", "00000000", "必須の項目が空です"),
    cell("番号に文字", "receipt", "notice_number", "10000A0001", "数字 10 桁ではありません"),
    cell("先頭の 0 が落ちた", "installment", "installment_no", "1", "数字 2 桁ではありません"),
    cell("番号が長い", "receipt", "notice_number", "10000000012", "数字 10 桁ではありません"),
    cell("番号が全角", "receipt", "notice_number", "１０００００００１２", "数字 10 桁ではありません"),
    cell("氏名が長い", "person", "name", "因" * 81, "80 文字を超えています"),
    cell("制御文字", "person", "name", "因幡\x07千代", "制御文字があります"),
    cell("表示を逆にする文字", "person", "name", "因幡\u202e千代", "制御文字があります"),
    cell("選択肢にない", "receipt", "channel", "銀行", "どれでもありません"),
    cell("フラグが 2", "person", "is_latest", "2", "0 か 1 ではありません"),
    cell("フラグが true", "person", "is_deleted", "true", "0 か 1 ではありません"),
    cell("ない日 2月31日", "receipt", "received_on", "20260231", "正しい日付ではありません"),
    cell("ない日 平年の2月29日", "person", "state_changed_on", "2025-02-29", "正しい日付ではありません"),
    cell("日付が和暦", "receipt", "received_on", "R08.10.01", "正しい日付ではありません"),
    cell("桁の足りない日付", "person", "state_changed_on", "2026-1-1", "正しい日付ではありません"),
    cell("年の桁が違う", "receipt", "received_on", "02261001", "間の日ではありません"),
    cell("先の世紀の日付", "receipt", "received_on", "21260401", "間の日ではありません"),
    cell("生年月日が古すぎる", "person", "birth_date", "1899-12-31", "間の日ではありません"),
    cell("小数の円", "receipt", "fee_yen", "100.0", "整数ではありません"),
    cell("カンマのある円", "receipt", "fee_yen", "1,000", "整数ではありません"),
    cell("全角の円", "receipt", "fee_yen", "１００", "整数ではありません"),
    cell("指数の円", "receipt", "fee_yen", "1e3", "整数ではありません"),
    cell("けた外れの円", "receipt", "fee_yen", "9" * 19, "整数ではありません"),
    cell("負の調定額", "annual_assessment", "assessed_yen", "-1", "0 より小さい値です"),
    cell("領収より前の収入", "receipt", "booked_on", "20200401", "領収年月日より前の日です"),
    cell("多すぎる円", "receipt", "principal_yen", "10000000", "9,999,999 より大きい値です"),
    cell("負の多すぎる円", "receipt", "principal_yen", "-10000000", "-9,999,999 より小さい値です"),
    cell("年度が大きい", "receipt", "fiscal_year", "20260", "2,100 より大きい値です"),
    cell("32 ビットを超える年度", "receipt", "fiscal_year", "202600000000", "整数ではありません"),
    cell("履歴番号が 0", "person", "history_number", "0", "1 より小さい値です"),
    Case("鍵が重なる", "receipt", _again, "同じ 収納番号 の行が2つ以上あります", 2, severity="隔離"),
    Case("内訳の合計が違う", "installment", _parts, "内訳の合計と一致しません", 2, "assessed_yen", keeps_rows=True, severity="隔離"),
    cell("12桁の円", "receipt", "fee_yen", "100000000000", "整数ではありません"),
    hidden("金額の欄に個人番号", "receipt", "fee_yen", my_number()),
    hidden("番号の欄に個人番号", "receipt", "notice_number", my_number()),
    hidden("日付の欄に個人番号", "receipt", "received_on", my_number()),
    hidden("選択肢の欄に区切った個人番号", "receipt", "channel", "-".join([my_number()[:4], my_number()[4:8], my_number()[8:]])),
    hidden("フラグの欄に個人番号", "person", "is_latest", my_number()),
    hidden("履歴番号の欄に個人番号", "person", "history_number", my_number()),
    content("cp932 の1バイト A0", "receipt", lambda data: _line(data, 3, lambda line: line + b"\xa0"), "cp932 として読めない文字", row=3),
    content("cp932 の1バイト FD", "receipt", lambda data: _line(data, 3, lambda line: line + b"\xfd"), "cp932 として読めない文字", row=3),
    content("cp932 の割れた2バイト", "receipt", lambda data: _line(data, 3, lambda line: line + b"\x81"), "cp932 として読めない文字", row=3),
    content("見出しに外字", "receipt", lambda data: _line(data, 1, lambda line: line + b"\xf0\x40"), "cp932 として読めない文字", row=1),
    content("見出しに割当のない cp932", "receipt", lambda data: _line(data, 1, lambda line: line + b"\x81\xad"), "cp932 として読めない文字", row=1),
    _set_aside("選択肢に割当のない cp932", "receipt", lambda data: data.replace("窓口".encode("cp932"), b"\x81\xad", 1).replace("コンビニ".encode("cp932"), b"\x81\xad", 1), "どれでもありません"),
    Case("氏名に外字", "person", lambda feed: feed.change("name", "因\ue000幡\uf8ff", 2), "外字 U+E000、U+F8FF があります", 3, "name", severity="報告"),
    Case("氏名に失われた文字", "person", lambda feed: feed.change("name", "因\ufffd幡", 2), "外字 U+FFFD があります", 3, "name", severity="報告"),
]


def _orphan(column: str, value: str, row: int = 1) -> Callable[[Feed], object]:
    return lambda feed: feed.change(column, value, row)


def _paid_more(feed: Feed) -> None:
    """One receipt more than 収納額 knows of."""
    rows = feed.rows()
    more = list(rows[0])
    more[feed.at("receipt_number")] = "990000000019"
    feed.write([*rows, more])


def _followed(feed: Feed, latest_of_first: str, latest_of_second: str) -> None:
    """The first row whose key comes once, and a newer history row after it."""
    rows, at = feed.rows(), feed.at
    key = [at(name) for name in feed.table.key[:-1]]
    keys = [[row[place] for place in key] for row in rows]
    first = next(row for row, own in zip(rows, keys, strict=True) if keys.count(own) == 1)
    second = list(first)
    first[at("is_latest")], second[at("is_latest")] = latest_of_first, latest_of_second
    second[at("history_number")] = str(int(first[at("history_number")]) + 1)
    feed.write([*rows, second])


def _two_latest(feed: Feed) -> None:
    _followed(feed, "1", "1")


def _older_latest(feed: Feed) -> None:
    _followed(feed, "1", "0")


ORPHANS = [
    Case("通知書のない収納", "receipt", _orphan("notice_number", "9999999999"), "年調定にない番号", column="notice_number", severity="隔離"),
    Case("期別のない収納", "receipt", _orphan("installment_no", "77", 2), "期別調定にない番号", column="installment_no", severity="隔離"),
    Case("宛名のない通知書", "annual_assessment", _orphan("atena_number", "9999999999"), "宛名基本にない番号", column="atena_number", severity="隔離"),
    Case("地区割のない行政区", "person", _orphan("ward_code", "9999"), "地区割にない番号", column="ward_code", severity="隔離"),
    Case("国保の世帯主が宛名にない", "nhi_eligibility", _orphan("head_atena_number", "9999999999"), "宛名基本にない番号", column="head_atena_number", severity="隔離"),
    Case("世帯主が宛名にない", "household", _orphan("head_atena_number", "9999999999"), "宛名基本にない番号", column="head_atena_number", severity="隔離"),
    Case("最新フラグが2つ", "person", _two_latest, "最新フラグが1の行が、履歴番号の一番大きい1行だけではありません", column="is_latest", severity="隔離"),
    Case("最新フラグがない", "person", lambda feed: feed.change("is_latest", "0"), "最新フラグが1の行が、履歴番号の一番大きい1行だけではありません", column="is_latest", severity="隔離"),
    Case("最新フラグが古い履歴に", "demand", _older_latest, "最新フラグが1の行が、履歴番号の一番大きい1行だけではありません", column="is_latest", severity="隔離"),
]
def _more_assessed(feed: Feed) -> None:
    rows, at = feed.rows(), feed.at("assessed_yen")
    rows[0][at] = str(int(rows[0][at]) + 1)
    feed.write(rows)


TOTALS = [
    Case("年調定が期別の合計と違う", "annual_assessment", _more_assessed, "年調定額が期別調定額の合計と一致しません（差 1 円）", column="assessed_yen", severity="保留"),
    Case("収納履歴が収納額と合わない", "receipt", _paid_more, "収納額が収納履歴の合計と一致しません", column="stored_received_yen", told_of="installment", severity="保留"),
    Case("収入未済額が合わない", "installment", lambda feed: feed.change("stored_unpaid_yen", "123456"), "調定＝収納−還付未済＋欠損＋未済 が成り立ちません", column="stored_unpaid_yen", severity="保留"),
]
def _without_protection(feed: Feed) -> None:
    write_schedule(feed.folder, [line for line in schedule(feed.folder) if line["表"] != "protection"])


SEQUENCES = [
    Case("支援措置の表がない", "person", _without_protection, "支援措置対象者（protection）が連携予定にありません", severity="保留"),
    Case("連番が飛ぶ", "receipt", _lines(lambda lines: [line | {"連番": "3"} for line in lines]), "連番が 3 です（次は 2 のはずです）"),
    Case("連番が昨日と同じ", "receipt", _lines(lambda lines: [line | {"連番": "1"} for line in lines]), "連番が 1 です（次は 2 のはずです）"),
]
EVERY = [*PLAN, *FILE, *ORPHANS, *TOTALS, *SEQUENCES]
