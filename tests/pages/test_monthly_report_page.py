"""月次報告 on the screen: what its words promise to each reader."""

from tests.pages.screen import show
from tests.staff import ANALYST, MANAGER


def test_the_way_out_says_what_becomes_a_pdf(city, confirmed):
    told = show(MANAGER, "monthly_report").words()
    assert "月次報告をPDFにします" in told
    assert "この決定" not in told, "it is a report"


def test_a_month_told_with_another_is_explained_to_those_it_is_done_for(city):
    assert "次の月とまとめて示す" in show(ANALYST, "monthly_report").words()
    assert "次の月とまとめて示す" not in show(MANAGER, "monthly_report").words()


def test_要確認_is_left_to_the_candidates(city):
    """What a person has to confirm is a word of 不納欠損; the report counts all whose day has passed."""
    screen = show(MANAGER, "monthly_report")
    parts = [part for frame in screen.at.dataframe if "part" in frame.value.columns for part in frame.value["part"]]
    assert "うち時効の日を過ぎたもの（消滅と、完成を確かめるもの）" in parts
    assert not [part for part in parts if "要確認" in part]
