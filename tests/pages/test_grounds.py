"""根拠: the values of the chosen day, the published examples, and the derivation under the 期別 table."""

import re
from datetime import date

import pytest

from data_access.grounds import examples_used, not_reproduced, parameters_on, published_examples
from data_access.query import ask, reference_of
from law.references import MISSING, unlabelled
from pages.case import EXPLAINED
from pages.grounds import UNBROKEN
from pages.parts.door import CASE
from tests import staff
from tests.pages.screen import show


@pytest.mark.parametrize("user", [user for user in staff.STAFF if user.role != "ltc_reader"], ids=lambda user: user.name)
def test_the_section_and_its_auditors_may_read_the_law(city, user):
    screen = show(user, "grounds")
    shown = screen.at.table[0].value
    assert len(shown) > 100
    assert all(shown["根拠"])
    assert set(shown["科目"]) == {"料", "税", UNBROKEN}
    unread = list(shown["確かめた日"]).count("条文未確認")
    assert unread >= 20  # nobody has read these yet, and the page says so
    assert f"全{len(shown):,}件のうち条文未確認 {unread:,}件" in screen.words()
    assert not unlabelled()


def test_what_nobody_has_read_can_be_listed_alone(city):
    screen = show(staff.MANAGER, "grounds")
    screen.run(screen.at.selectbox(key="checked").set_value("条文未確認"))
    assert set(screen.at.table[0].value["確かめた日"]) == {"条文未確認"}
    screen.run(screen.at.selectbox(key="section").set_value("猶予"))
    assert list(screen.at.table[0].value["根拠"]) == ["国民健康保険法77条"]


def test_words_of_one_setting_are_not_those_of_another():
    said = dict(parameters_on(date(2026, 10, 30)).group_by("setting_name", maintain_order=True).agg("setting_value").rows())
    assert all(text.startswith("事由 ") for text in said["延滞金の免除の事由"])
    assert said["猶予の取消しの手順"][1].endswith("号 要件を欠いたとき、1、2、3、4、6、7")
    assert said["猶予の取消しの事由"][-1].startswith("号 なし（職権の要件を欠く）／")
    assert said["年末年始"][0] == "始まり 12-29／終わり 01-03"


def test_what_is_left_out_is_told_in_words():
    assert not [row for row in not_reproduced().rows() if any(re.search(r"\.csv|\b[A-Z]{2}\d\d", text) for text in row)]


def test_the_day_chooses_the_rate(city):
    def rate_on(day):
        found = parameters_on(day)
        return [value for section, value in zip(found["section"], found["setting_value"], strict=True) if section == "延滞金の割合"]

    assert any("2.4" in value and "8.7" in value for value in rate_on(date(2025, 12, 31)))
    assert any("2.8" in value and "9.1" in value for value in rate_on(date(2026, 1, 1)))


def test_every_published_example_is_what_we_compute():
    found = published_examples()
    assert examples_used() == (123, 142)
    assert found["rule"].unique().len() == 9
    assert found.height >= 60
    assert found["published"].to_list() == found["computed"].to_list()


def test_the_derivation_stands_under_the_table(city):
    from data_access.query import ask

    row = ask(staff.CHIEF, "district_worklist", queue=None, district=None, sort="滞納額が大きい順", page_size=1, skipped=0).row(0, named=True)
    key = ask(staff.CHIEF, "case_installments", atena_ref=row["atena_ref"], only_overdue=True)["installment_key"][0]
    screen = show(staff.CHIEF, "case", **{CASE: row["atena_ref"], EXPLAINED: (row["atena_ref"], key)})
    words = screen.words()
    assert "計算の根拠" in words
    assert "国民健康保険法110条" in words
    assert "一致しません" not in words


def test_the_three_definitions_are_named_and_foot(city):
    from data_access.grounds import named_rates
    from data_access.query import ask, standing
    from law.collection_rate import rate

    by_year = ask(staff.MANAGER, "rate_by_year", district=None)
    found = named_rates(by_year, 2026, standing().as_of)
    assert found.select("definition", "year_class").rows() == [
        ("決算", "現年分"), ("決算", "滞納繰越分"), ("年報", "現年分"), ("年報", "滞納繰越分"), ("努力支援", "現年分")]
    own = {(row["fiscal_year"], row["year_class"]): row for row in by_year.iter_rows(named=True)}
    for row in found.iter_rows(named=True):
        year = own[2026, "現年" if row["year_class"] == "現年分" else "滞繰"]
        assert row["named_rate"] == rate(row["numerator_yen"], row["denominator_yen"])
        unknown = year["whereabouts_unknown_yen"] if row["definition"] != "決算" else 0
        assert row["denominator_yen"] in (year["assessed_yen"] - unknown, year["assessed_yen"])
    settled = found.filter(definition="決算", year_class="現年分").row(0, named=True)
    assert settled["numerator_yen"] in (own[2026, "現年"]["received_yen"], own[2026, "現年"]["received_yen"] + own[2026, "現年"]["refund_due_yen"])


def test_a_typed_day_counts_and_what_has_no_value_yet_is_not_counted(city):
    screen = show(staff.MANAGER, "grounds")
    screen.run(screen.at.text_input(key="grounds_day").set_value("R9.4.1"))
    values = list(screen.at.table[0].value["値"])
    missing = sum(value.startswith(MISSING) for value in values)
    assert missing > 0
    assert f"令和9年4月1日に効いている定め {len(values) - missing:,}件（ほかに、この日の値がまだない定め {missing:,}件）" in screen.words()
    screen.run(screen.at.text_input(key="grounds_day").set_value("きのう"))
    assert "までの日付を入れてください" in screen.words()
    assert "令和8年10月30日に効いている定め" in screen.words()


def test_the_article_and_the_records_stand_beside_each_step(city):
    from data_access.query import ask

    row = ask(staff.CHIEF, "district_worklist", queue=None, district=None, sort="滞納額が大きい順", page_size=1, skipped=0).row(0, named=True)
    shown = ask(staff.CHIEF, "case_installments", atena_ref=row["atena_ref"], only_overdue=True)
    demanded = next(each for each in shown.iter_rows(named=True) if each["demanded_on"] and each["renewed_by"])
    screen = show(staff.CHIEF, "case", **{CASE: row["atena_ref"], EXPLAINED: (row["atena_ref"], demanded["installment_key"])})
    assert screen.cells("installment_no")[0].startswith("第")
    demand, clock = screen.at.dataframe[2].value, screen.at.dataframe[3].value
    assert any(text.startswith("督促手数料 ") for text in demand["explanation"])
    assert "督促状に書いた指定期限" in demand["explanation"].to_list()
    assert f"督促 {demanded['installment_key']}" in clock["record"].to_list()
    assert "市条例 = 鳥取市税外収入金の督促手数料及び延滞金の徴収に関する条例" in screen.words()
    assert not any("鳥取市税外" in text for text in demand["article"])


def test_the_card_names_both_rates(city):
    from data_access.query import ask

    year = ask(staff.MANAGER, "rate_by_year", district=None).filter(fiscal_year=2026, year_class="合計").row(0, named=True)
    words = show(staff.MANAGER, "collection_rate").words()
    assert f"決算の率（還付未済を除く） {year['rate']}%" in words
    assert f"{year['same_day_rate']}%" in words
    assert "決算の定義による率" not in words


def test_other_cities_criteria_stand_beside_ours(city):
    screen = show(staff.CHIEF, "grounds", grounds_view="停止の要件の比較", municipal_criterion="生活保護")
    own = dict(zip(screen.cells("place_name"), screen.cells("own_setting"), strict=True))
    assert (own["阿久根市"], own["湧別町"]) == ("2号（生活保護）。号が違う", "2号（生活保護）")
    assert "阿久根市 平成29年告示94号" in screen.cells("reference")


def test_a_demand_that_came_back_is_said_on_the_case(city):
    """Story 11: the 9期 督促 was never served. Its row, its 督促と差押え and its 時効 say so, and no day of 差押え stands there."""
    reference = reference_of("9900000110")
    rows = ask(staff.CHIEF, "case_installments", atena_ref=reference, only_overdue=True).to_dicts()
    (came_back,) = [row for row in rows if row["demand_returned_on"]]
    assert came_back["demand_served_on"] is None
    assert (came_back["seizable_from"], came_back["claim_state"], came_back["needs_person"]) == (None, None, True)
    screen = show(staff.CHIEF, "case", **{CASE: reference, EXPLAINED: (reference, came_back["installment_key"])})
    assert "一致しません" not in screen.words()
    assert "督促が返戻・要確認" in screen.cells("state")
    demand, clock = screen.at.dataframe[2].value, screen.at.dataframe[3].value
    assert any("に返戻。再発送・公示送達の記録なし" in text for text in demand["explanation"])
    assert any(text.startswith("督促返戻：返戻のため効力なし") for text in clock["explanation"])
