"""The canary's search looks into what lies packed."""

import polars as pl

from data_access.workbook import workbook
from tests.canary.city import Marks
from tests.canary.search import found_in, opened

TOWN, ACCOUNT, NOBODY = "QZAB3DEX", "7123456789", "QZNOONEX"


def test_a_marker_in_an_excel_file_is_found():
    marks = Marks()
    marks.places[TOWN], marks.places[ACCOUNT] = {("person", "town")}, {("bank_account", "account_number")}
    rows = pl.DataFrame({"town": [TOWN, NOBODY], "account_number": [f"{ACCOUNT[:4]}", ACCOUNT]})
    book = workbook("一覧", ["町名", "口座番号"], rows, [("注意", "目的外利用禁止")], "書出し")
    assert found_in(marks, book) == set(), "packed, it is not to be seen: that is why it is opened"
    assert found_in(marks, opened(book)) == {TOWN, ACCOUNT}
