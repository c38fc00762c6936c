"""徴収計画: the year's targets and how far they are, what the hours leave undone, whom nobody has spoken to, and the plan itself."""

import polars as pl
import streamlit as st

from auth.access import User, scope
from casework import collection_plan
from casework.collection_plan import CITY, CLASSES, Plan
from casework.ledger import LedgerUnavailable
from data_access.analysis_metric import dimensions
from data_access.query import Standing, ask
from pages.parts import charts, filters, tables, wording
from pages.parts.collection_plan_form import plan_part
from pages.parts.door import choose_case, open_chosen_case
from pages.parts.heading import heading
from pages.parts.lists import foot, paged
from pages.parts.passport_part import passport_part
from pages.parts.plan_capacity_part import capacity_part

PAGE_SIZE = 100
VIEWS = ("目標と進み", "時間と残り", "偏りと漏れ", "段階と分納", "計画の起案")
DIMENSIONS = ("地区", "担当者")
PROGRESS = ["district_name", "assessed_yen", "received_yen", "refund_due_yen", "same_day_rate", "rate_before", "pace_rate", "target_rate", "to_target_yen"]
PROGRESS_WIDTHS = {"district_name": 96, "assessed_yen": 112, "received_yen": 112, "refund_due_yen": 92, "same_day_rate": 114, "rate_before": 80, "pace_rate": 92, "target_rate": 72,
                   "to_target_yen": 104}
LOAD = ["case_count", "load_rate", "worked_yen", "omitted_count", "omitted_rate", "omitted_yen", "never_count"]
OMITTED = ["name", "unpaid_yen", "last_contact_on", "last_attempt_on", "reminded_on", "last_payment_on", "case_stage", "in_charge", "district_name"]
KEPT = ["plan_count", "kept_count", "paid_up_count", "broken_count", "cancelled_count", "kept_rate", "planned_yen", "plan_paid_yen", "plan_missed_yen"]
PART = {"地区": "district_name", "担当者": "in_charge"}


def render(user: User) -> None:
    """One view at a time; what stands above it says which plan holds."""
    stands = heading("徴収計画", user, "滞納額は本料のみ")
    try:
        approved = collection_plan.approved(stands.fiscal_year)
    except LedgerUnavailable as failure:
        st.error(str(failure), icon=":material/error:")
        return
    districts = ask(user, "districts")
    plan = approved or collection_plan.first(stands.fiscal_year, districts["district_code"])
    if approved is None:
        st.info(f"{wording.fiscal(stands.fiscal_year)}の徴収計画は、まだ承認されていません。時間と分数は初めの値で計算しています。", icon=":material/info:")
    view = st.segmented_control("見方", VIEWS, default=VIEWS[0], key="plan_view", bind="query-params", required=True)
    if view == "目標と進み":
        _progress(user, plan, stands)
    elif view == "時間と残り":
        capacity_part(user, plan, filters.district(user))
    elif view == "偏りと漏れ":
        _load(user, plan)
    elif view == "段階と分納":
        _stages(user)
    else:
        plan_part(user, stands, districts, approved)
    open_chosen_case()


def _progress(user: User, plan: Plan, stands: Standing) -> None:
    areas, classes = zip(*plan.targets, strict=True) if plan.targets else ((), ())
    asked = dict(fiscal_year=stands.fiscal_year, areas=list(areas), classes=list(classes), rates=[f"{rate:.2f}" for rate in plan.targets.values()])
    found = ask(user, "plan_progress", **asked)
    for column, year_class in zip(st.columns(2), CLASSES, strict=True):
        for row in found.filter(area=CITY, year_class=year_class).iter_rows(named=True):
            target = row["target_rate"]
            column.metric(f"{year_class}の収納率（市計）", wording.percent(row["same_day_rate"]), f"前年同日 {wording.percent(row['rate_before'])}",
                          delta_color="off", delta_arrow="off", border=True, help="還付未済を含む収入済額 ÷ 調定額。前年同日と同じ数え方")
            column.caption(f"目標の進み **{wording.percent(row['pace_rate'])}**（前年度と同じ進み方のとき）  \n目標 **{wording.percent(target)}** まで、あと **{wording.yen(row['to_target_yen'])}**（出納閉鎖まで）" if target is not None else "目標は、計画が承認されると示します。")
    year_class = st.segmented_control("区分", CLASSES, default=CLASSES[0], key="year_class", bind="query-params", required=True)
    own = found.filter((pl.col("area") != CITY) & (pl.col("year_class") == year_class))
    if own.height and own["target_rate"].count():
        charts.bars(own["district_name"].to_list(), [float(rate or 0) for rate in own["same_day_rate"]], unit="%", key="plan_rates",
                    before=[None if rate is None else float(rate) for rate in own["pace_rate"]], before_name="目標の進み",
                    alt=f"地区ごとの{year_class}の収納率。棒が基準日まで、橙の印が目標の進み。値は下の表にある")
        st.caption("棒 = 基準日までの収納率　橙の印 = 目標の進み（前年度と同じ進み方で目標に届くとき、基準日にあるはずの率）")
    whole = found.filter(area=CITY, year_class=year_class)
    tables.show(tables.short_places(pl.concat([own, whole])), PROGRESS, empty="この区分の調定はありません。", alt=f"地区ごとの{year_class}の収納率と目標の表。終わりの行が市計", key="plan_progress",
                widths=PROGRESS_WIDTHS, is_unit_said=True)
    st.caption("額は円。収納率（同日） = 収納額（還付未済を含む） ÷ 調定額。目標は決算の率なので、目標まであと = 調定額 × 目標 −（収納額 − 還付未済額）。地区の目標がなければ市計の目標による。  \n"
               "「目標まであと」の地区の計は、市計と合わない。地区にそれぞれの目標があり、届いた地区は0円とし、1円に満たない端数を地区ごとに切り上げるため。"
               + ("市計には、ほかの地区の分も入る。" if scope(user) == "own" else "") + "目標の進み = 目標 × 前年同日の率 ÷ 前年度を通した率。")
    passport_part(user, "plan_progress", asked, found, key="plan_progress_figures")
    _campaigns(user, plan, stands)


def _campaigns(user: User, plan: Plan, stands: Standing) -> None:
    if not plan.campaigns:
        return
    st.subheader("取組", anchor=False)
    queues = ask(user, "worklist_queues", district=None)
    now = {row["queue"]: row for row in queues.iter_rows(named=True)}
    this_month = stands.as_of.replace(day=1)
    rows = [{"campaign": each.name, "months": f"{wording.short_month(each.from_month)}〜{wording.short_month(each.to_month)}",
             "campaign_state": "これから" if this_month < each.from_month else "終わり" if this_month > each.to_month else "進行中",
             "queue": each.queue, "case_count": now.get(each.queue, {"case_count": 0})["case_count"],
             "unpaid_yen": now.get(each.queue, {"unpaid_yen": 0})["unpaid_yen"]} for each in plan.campaigns]
    tables.show(pl.DataFrame(rows), ["campaign", "campaign_state", "months", "queue", "case_count", "unpaid_yen"], empty="", key="plan_campaigns",
                alt="計画の取組の表。いまその名簿にある件数と滞納額")
    st.caption("件数と滞納額は、いまその名簿にある、見られる地区のもの。")
    passport_part(user, "worklist_queues", {"district": None}, queues, key="plan_campaign_figures")


def _load(user: User, plan: Plan) -> None:
    district = filters.district(user)
    dimension = st.segmented_control("分け方", DIMENSIONS, default=DIMENSIONS[0], key="plan_dimension", bind="query-params", required=True)
    asked = {"dimension": dimension, "district": district, "no_contact_days": plan.no_contact_days}
    found = ask(user, "plan_load", **asked)
    chosen = f"omitted_{dimension}_{district}"
    name = PART[dimension]
    tables.show(found.rename({"part": name}), [name, *LOAD], key=f"load_{chosen}", empty="滞納者はいません。", alt="地区か担当者ごとの件数と、接触のない件数の表。行を押すとその人が出る",
                on_choose=lambda row: st.session_state.update({chosen: found["part"][row]}))
    st.caption(f"偏り = 1{'地区' if dimension == '地区' else '人'}あたりの平均を100%とした件数。漏れ = {plan.no_contact_days}日より長く、だれとも話せていない件数（不在は接触に数えない）。"
               "全部が執行停止中の人は数えない。行を押すと、漏れている人が下に出ます。")
    if found.height:
        passport_part(user, "plan_load", asked, found, key="plan_load")
    part = st.session_state.get(chosen)
    if part not in found["part"].to_list():
        return
    st.subheader("漏れている人", anchor=False)
    st.text(part)
    page = paged(user, "plan_omissions", "omission_page", PAGE_SIZE, **asked, part=part)
    people = page.rows
    tables.show(people.rename({"active_yen": "unpaid_yen"}), OMITTED, key=f"omissions_{chosen}_{part}_{page.number}", empty="漏れている人はいません。",
                alt="長く接触のない滞納者の表。1行が1人", on_choose=lambda row: choose_case(people["atena_ref"][row]))
    foot(user, page)


def _stages(user: User) -> None:
    district = filters.district(user)
    dimension = st.segmented_control("分け方", DIMENSIONS, default=DIMENSIONS[0], key="plan_dimension", bind="query-params", required=True)
    st.subheader("滞納者の段階", anchor=False)
    asked = dict(dimension=dimension, district=district)
    found = ask(user, "plan_stages", **asked)
    if found.is_empty():
        st.info("滞納者はいません。", icon=":material/info:")
        return
    wide = found.pivot(on="case_stage", index="part", values="case_count", maintain_order=True).fill_null(0)
    st.dataframe(wide.select(pl.col("part").alias(dimension), *(name for name in dimensions()["case_stage"].values if name in wide.columns)), hide_index=True, key="plan_stage_table",
                 row_height=tables.ROW_HEIGHT, height="content", alt="地区か担当者ごと、段階ごとの滞納者の数の表")
    st.caption("1人は1つの段階にだけ数える。右の段階ほど先（執行停止 → 差押など → 分納 → 猶予 → 折衝中 → 催告済 の順に、当てはまる最初のもの）。")
    passport_part(user, "plan_stages", asked, found, key="plan_stages")
    st.subheader("分納の守られ方", anchor=False)
    name, plans = PART[dimension], ask(user, "plan_kept", **asked)
    tables.show(plans.rename({"part": name}), [name, *KEPT], key="plan_kept", empty="分納はありません。",
                alt="地区か担当者ごとの、守られた分納と守られなかった分納の表")
    st.caption("守られた率 = （履行中 + 完納）÷ すべての分納（取消を含む）。")
    if plans.height:
        passport_part(user, "plan_kept", asked, plans, key="plan_kept_figures")
