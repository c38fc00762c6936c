"""What a notice says of the law: the 教示 by the city's reading, the chain to 地方税法, and 公示送達 of whom nobody finds."""

from datetime import date

from law.exemption import exempt
from law.notice import PublicNotice, Remedy, basis, charge_waiver, public_notice, remedy

ON = date(2026, 10, 30)
STOP, CANCEL = "滞納処分停止通知書", "滞納処分停止取消通知書"


def test_the_cancellation_tells_where_to_object_and_the_stop_does_not():
    assert remedy(CANCEL, ON, "料") == Remedy("国民健康保険審査会", 3, True, 3, 6, 1)
    assert remedy(CANCEL, ON, "税").review_body == "市長"
    assert remedy(STOP, ON, "料") is None
    assert "その例によるとされる地方税法" in basis(ON, "料")
    assert basis(ON, "税") == "地方税法"


def test_the_other_reading_is_one_dated_entry_of_the_city(amend):
    row = '[[remedy]]\nfrom = 2026-10-01\nvalue = { paper = "滞納処分停止通知書", is_printed = true }\nreference = "市の要領1条"\nlast_checked = 2026-11-27\n\n'
    amend("notice.toml", ("# だれに審査請求をするか。", row + "# だれに審査請求をするか。"))
    assert remedy(STOP, ON, "料") == remedy(CANCEL, ON, "料")
    assert remedy(STOP, date(2026, 9, 30), "料") is None, "not before its day"


def test_only_who_is_found_nowhere_is_served_by_putting_it_up():
    assert public_notice("3号", ON, "料") == PublicNotice(7, "国民健康保険法78条において準用する地方税法20条の2第1項")
    assert public_notice("3号", ON, "税").article == "地方税法20条の2第1項"
    assert [public_notice(ground, ON, "料") for ground in ("1号", "2号")] == [None, None]


def test_the_notice_waives_what_the_reckoning_waives_by_either_reading(amend):
    """料 goes by the city's ordinance: one setting for the yen and for the words."""
    assert [charge_waiver(ON, kind) for kind in ("料", "税")] == ["15条の9第1項", "15条の9第1項"]
    assert exempt("執行停止", ON, levy_kind="料") is not None
    own = '[[charge_exemption_applies]]\nlevy_kind = "料"\nfrom = 2026-10-01\nvalue = false\nreference = "市の条例10条"\nlast_checked = 2026-11-27\n\n'
    amend("levy_policy.toml", ("# 督促手数料（円、1通）。", own + "# 督促手数料（円、1通）。"))
    assert [charge_waiver(ON, kind) for kind in ("料", "税")] == [None, "15条の9第1項"]
    assert exempt("執行停止", ON, levy_kind="料") is None
    assert charge_waiver(date(2026, 9, 30), "料") == "15条の9第1項", "not before its day"
