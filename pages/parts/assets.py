"""財産・所得 of the カルテ: what the person earns and from whom, what may be attached of it, land, buildings and vehicles."""

from datetime import date

import polars as pl
import streamlit as st

from auth.access import User
from data_access.attachment_check import attachment_check
from data_access.query import ask
from data_access.wage_estimate import WageEstimate, wage_estimate
from pages.parts import tables, wording

LIMITS = {"rule": 150, "explanation": 600, "article": 210}
KINDS_OF_INCOME = ("salary_revenue_yen", "salary_income_yen", "pension_revenue_yen", "pension_income_yen", "business_income_yen",
                   "farm_income_yen", "rent_income_yen", "dividend_income_yen", "occasional_income_yen")


def show_assets(user: User, atena_ref: str, as_of: date, owed_yen: int) -> None:
    """Pay first, because it can be attached every month; then income by year, property, vehicles, and what limits an attachment."""
    employments = ask(user, "case_employments", atena_ref=atena_ref)
    _wage(wage_estimate(employments, as_of))
    _employers(employments, as_of)
    incomes = ask(user, "case_incomes", atena_ref=atena_ref)
    _incomes(incomes)
    properties = ask(user, "case_properties", atena_ref=atena_ref)
    _properties(properties)
    vehicles = ask(user, "case_vehicles", atena_ref=atena_ref)
    _vehicles(vehicles)
    has_pay, has_pension = bool(employments["is_paying"].any()), bool((incomes["pension_revenue_yen"] > 0).any())
    _limits(attachment_check(owed_yen, properties, has_pay, has_pension, bool((vehicles["ownership"] == "本人所有").any()), as_of))


def _limits(limits: pl.DataFrame) -> None:
    """Nothing where the case has nothing that a limit touches."""
    if limits.is_empty():
        return
    st.subheader("差し押さえる前に", anchor=False)
    tables.show(limits, list(LIMITS), empty="", alt="差押えの限界の表。1行が1つの限界", widths=LIMITS)
    st.caption("ほかの法律で差し押さえられないもの（児童手当・生活保護など）は「根拠」の「差押えの限界」にあります。")


def _wage(estimate: WageEstimate | None) -> None:
    st.subheader("給与", anchor=False)
    if estimate is None:
        st.caption("支払いが続いている勤務先は、給与支払報告書にありません。差押可能額の目安は計算していません。")
        return
    if not estimate.agrees:
        st.error("ここでの計算と、スナップショットの額が一致しません。システム管理者に連絡してください。", icon=":material/error:")
    figure, meaning = st.columns([2, 5], vertical_alignment="center")
    figure.metric("差押可能額の目安", wording.yen(estimate.attachable_yen), border=True)
    together = f"{len(estimate.payers)}社の合計で計算。" if len(estimate.payers) > 1 else ""
    meaning.markdown(
        f"**給与支払報告書からの目安、1か月分**（{wording.fiscal(estimate.tax_year)}の報告＝{wording.calendar_year(estimate.tax_year - 1)}中の支払を、働いた月数で割った額）。{together}  \n"
        f"差し押さえる前に、給与照会で今の給料と家族を確かめる。扶養は課税の資料で{estimate.dependant_count}人。生計を一にする親族がほかにいれば、差押可能額は減る。")
    with st.expander("計算の根拠", icon=":material/calculate:", key="wage_steps"):
        st.text("\n".join(estimate.payers))
        tables.show(estimate.steps, list(estimate.steps.columns), empty="", alt="差押可能額の計算の表。1行が国税徴収法76条1項の1つの号")


def _employers(employments: pl.DataFrame, as_of: date) -> None:
    states = pl.Series("state", [_state(row, as_of) for row in employments.iter_rows(named=True)], dtype=pl.String)
    tables.show(employments.with_columns(states),
                ["tax_year", "employer_name", "state", "employer_address", "gross_yen", "hired_on", "left_on", "income_tax_yen", "social_insurance_yen"],
                empty="給与支払報告書はありません。", alt="給与支払報告書の表。1行が勤務先と年")


def _state(row: dict, as_of: date) -> str:
    if row["is_paying"]:
        return "在職・特別徴収" if row["is_withholding"] else "在職"
    return "退職" if row["left_on"] and row["left_on"] <= as_of else "過年度の報告"


def _incomes(incomes: pl.DataFrame) -> None:
    st.subheader("所得", anchor=False)
    earned = [name for name in KINDS_OF_INCOME if incomes[name].sum()]
    tables.show(incomes.with_columns(reduction_tenths=wording.reductions(incomes["reduction_tenths"])),
                ["tax_year", "total_income_yen", *earned, "dependant_count", "resident_tax_yen", "collection_method", "income_yen", "reduction_tenths",
                 "insurance_deduction_yen", "deduction_yen", "corrected_on"],
                empty="住民税の記録はありません。所得を申告していないか、市外に住民税があります。", alt="課税年度ごとの所得の表")
    if not incomes.is_empty():
        st.caption("所得は課税年度の前の年のもの。基準総所得は世帯で、国保の賦課の根拠。0円の種類の列は出していません。")


def _properties(properties: pl.DataFrame) -> None:
    st.subheader("土地・家屋", anchor=False)
    tables.show(properties, ["property_kind", "property_place", "property_use", "area_hundredths", "valuation_yen", "share", "share_valuation_yen", "structure", "built_year"],
                empty="今年度に課税された土地・家屋はありません（市外の不動産は分かりません）。", alt="土地と家屋の表。1行が1物件")
    if not properties.is_empty():
        st.caption(f"持分の評価額の合計 {wording.yen(properties['share_valuation_yen'].sum())}。固定資産税の評価額で、抵当権などは登記で確かめる。")


def _vehicles(vehicles: pl.DataFrame) -> None:
    st.subheader("軽自動車など", anchor=False)
    tables.show(vehicles, ["plate", "vehicle_kind", "ownership", "owned_from", "first_registered_on", "scrapped_on", "yearly_tax_yen"],
                empty="軽自動車などの記録はありません。", alt="軽自動車などの表。1行が1台")
    if (vehicles["ownership"] != "本人所有").any():
        st.caption("所有権留保とリースの車は本人のものではないので、差し押さえられない。")
