"""The stories are in every city, and their rows say what their answers say."""

import polars as pl
import pytest
from city_files import SEED

from sample_city.stories import answers, stories

ANSWERS = answers()


@pytest.mark.parametrize("answer", ANSWERS, ids=[answer.atena_number for answer in ANSWERS])
def test_the_rows_say_what_the_answer_says(read, answer):
    notices = read("annual_assessment").filter(pl.col("atena_number") == answer.atena_number)
    rows = read("installment").filter(pl.col("notice_number").is_in(notices["notice_number"].implode()))
    open_ = rows.filter((pl.col("stored_unpaid_yen") > 0) & (pl.col("due_date") < "20261030"))
    oldest = open_.select(pl.col("due_date").str.to_date("%Y%m%d").min()).item()
    assert (open_["stored_unpaid_yen"].sum(), open_.height, oldest) == (
        answer.unpaid_yen, answer.open_installments, answer.oldest_due_date), answer.line
    protected = read("protection").filter((pl.col("atena_number") == answer.atena_number) & (pl.col("is_newest") == "1"))
    assert (protected.height == 1) == answer.is_protected, answer.line
    mine = pl.col("notice_number").is_in(notices["notice_number"].implode())
    assert read("flash_receipt").filter(mine)["paid_yen"].sum() == answer.flash_yen, answer.line
    assert read("overpayment").filter(mine)["overpaid_yen"].sum() == answer.refund_due_yen, answer.line


def test_stated_facts_of_the_casework(read):
    of = {answer.atena_number: answer for answer in ANSWERS}
    assert len(of) == len(stories()) == 35, f"seed {SEED}"
    demanded = read("demand")["notice_number"]
    assert demanded.is_in(["9900000326"]).sum() == 0  # 3: 督促漏れ
    parts = read("installment_plan_part").filter(pl.col("plan_number") == "99000006")
    assert parts.filter((pl.col("promised_on") < "20261030") & (pl.col("paid_yen") < pl.col("promised_yen"))).height == 3  # 6: 不履行
    kept = read("installment_plan_part").filter(pl.col("plan_number") == "99000007")
    assert (kept.filter(pl.col("promised_on") < "20261030")["paid_yen"] == 12_000).all()  # 7: 履行中
    assert of["9900000080"].unpaid_yen >= 1_000_000  # 8: 高額
    states = dict(read("person").select("atena_number", "resident_state").rows())
    assert (states["9900000100"], states["9900000110"]) == ("死亡", "職権消除")
    held = read("disposition").filter(pl.col("atena_number") == "9900000180")
    assert held.select("disposition_kind", "ended_on").row(0) == ("差押", None)  # 18: 時効は完成しない
    assert read("grace").filter(pl.col("atena_number") == "9900000310")["grace_kind"].to_list() == ["申請換価猶予"]
    assert read("grace").filter(pl.col("atena_number") == "9900000340")["grace_kind"].to_list() == ["徴収猶予"]
    assert read("demand")["notice_number"].is_in(["9900003426"]).sum() == 0  # 34: 猶予の間は督促しない
    reminders = read("document").filter((pl.col("atena_number") == "9900000320") & (pl.col("is_reminder") == "1"))
    assert sorted(reminders["dispatched_on"]) == ["20260930", "20261020"]  # 32
    stopped = read("suspension").filter(pl.col("suspension_number").str.starts_with("99")).sort("suspension_number")
    assert stopped.select("atena_number", "ground", "cancelled_on").rows() == [  # 51 to 54
        ("9900000510", "1号", None), ("9900000520", "2号", None), ("9900000530", "1号", None), ("9900000540", "1号", None)]
    heirs = read("heir").filter(pl.col("atena_number").is_in(["9900000530", "9900000540", "9900000550"]))
    assert (heirs.height, heirs["renounced_on"].null_count(), read("succession")["atena_number"].is_in(["9900000530"]).sum()) == (4, 0, 0)
    assert read("allocation").filter(pl.col("notice_number") == "9900003325")["principal_yen"].sum() == 24_000  # 33
