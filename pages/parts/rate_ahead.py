"""見込 and 回収の進み of 収納状況: where the year will stand on 31 May with how wrong that has been, and how each levy year has come in."""

from datetime import date

import polars as pl
import streamlit as st

from auth.access import User
from data_access.cohort import CLOSING, MARKS, at_marks
from data_access.forecast import FIT, Forecast
from data_access.query import ask
from data_access.target import Target
from pages.parts import charts, tables, wording
from pages.parts.passport_part import passport_part

LONGEST = 38  # months that the curves show; the rest is in the table
CURVES = 3
CLOSES = "出納閉鎖 5/31"
METHOD = f"""
- **残りの回収率** = 同じ日に未収だった調定のうち、出納閉鎖（5月31日）までに入った割合。直前の{FIT}年度を合計して割る。
- **見込** = 今の収納 ＋ 今の未収 × 残りの回収率。調定も、直前の{FIT}年度の同じ日からの動き（更正・随時の賦課）だけ動くとみる。合計は現年と滞繰の和。見込の収納は、区分ごとに0円から見込の調定まで（率と幅は0〜100%）。
- **試し** = 締めた年度を1つずつ、その年の同じ日に分かっていたものと、それより前の{FIT}年度だけで予測し、実績（今の更正後の調定による決算の率）と比べる。
- **4月・5月** は、出納整理期間の前年度を予測する。同じ日は、各年度の出納整理期間（翌年の4月・5月）の同じ月日。新しい年度は、6月から予測する。
- **幅** = 試しで最も大きく外れたポイントを上下にとる。景気や制度の変わり目（過去になかったこと）は、幅に入っていない。
"""


def whose(of: int, year: int) -> str:
    """Of which year a forecast of `of` is, in words; none when it is the year of the day looked at."""
    return "" if of == year else f"{wording.fiscal(of)}の"


def outlook(user: User, by_year: pl.DataFrame, ahead: Forecast, goal: Target | None, district: str | None, whose: str) -> None:
    """The forecast of one class beside its target, of the year before when `whose` says so; the trials of the past years under it."""
    if ahead.refusal:
        st.info(ahead.refusal, icon=":material/info:")
        _goal(goal)
        return
    (now, band), (aim, left) = st.columns(2), st.columns(2)
    now.metric(f"{whose}{ahead.year_class} 5/31の見込", wording.percent(ahead.rate), border=True, height="stretch", help="決算の率（還付未済を除く）")
    band.metric("幅", f"{ahead.low}〜{ahead.high}%", border=True, height="stretch", help="試しで最も大きく外れたポイントを上下にとったもの")
    aim.metric("目標", wording.percent(goal and goal.rate), wording.point(ahead.rate - goal.rate) if goal else None, border=True, height="stretch", help="見込と目標の差を添える")
    left.metric("見込から目標まで", wording.yen(goal and goal.left_yen(ahead.assessed_yen, ahead.collected_yen)), border=True, height="stretch", help="見込の調定に対し、見込のほかに集める本料")
    tried, of = ahead.chance
    st.caption(f"過去{tried}年度の同じ日の予測は、すべてこの幅で当たった（外れの最大に合わせた幅なので当然）。来年も同じ程度に外れるなら、実績がこの幅に入るのは{of}回に{tried}回ほど。"
               f"　見込の収納 {wording.yen(ahead.collected_yen)} ÷ 見込の調定 {wording.yen(ahead.assessed_yen)}")
    _goal(goal)
    st.subheader("過去の年度での試し", anchor=False)
    trials = ahead.trials.sort("fiscal_year", descending=True)
    charts.dots([wording.fiscal(year) for year in trials["fiscal_year"]], [float(rate) for rate in trials["forecast_rate"]], [float(rate) for rate in trials["actual_rate"]],
                unit="%", key="rate_trials", other_name="実績", alt="年度ごとの予測の点と、実績の橙の縦線。軸は0から始まらない。値は下の表にある")
    st.caption("点 = 同じ日の予測　橙の縦線 = 実績　横軸は外れが見えるように広げてある（0%からではない）")
    tables.show(trials, ["fiscal_year", "forecast_rate", "actual_rate", "error_points"], empty="", alt="年度ごとの予測・実績・外れの表")
    with st.expander("見込の計算", icon=":material/calculate:"):
        st.markdown(METHOD)
    passport_part(user, "rate_by_year", {"district": district}, by_year, key="rate_outlook")


def _goal(goal: Target | None) -> None:
    st.caption(f"目標の根拠　{wording.in_wareki(goal.reference)}" if goal else "この年度・区分・地区の目標は、承認された徴収計画にありません。")


def cohorts(user: User, as_of: date, district: str | None) -> None:
    """The three newest levy years as curves, all of them in the table."""
    found = ask(user, "rate_cohort", district=district)
    if found.is_empty():
        st.info("示せる年度がありません（収納がまだないか、10人未満の年度だけです）。", icon=":material/info:")
        return
    order = [CLOSES if month == CLOSING else f"{month}か月" for month in range(1, LONGEST + 1)]
    series = {}
    for year in sorted(found["levy_year"].unique(), reverse=True)[:CURVES]:
        own = found.filter(pl.col("levy_year") == year, pl.col("month_index") < LONGEST)
        series[f"{wording.fiscal(year)}賦課"] = ([order[index] for index in own["month_index"]], [float(rate) for rate in own["collected_rate"]])
    charts.lines(series, unit="%", key="rate_cohorts", order=order, marked=CLOSES, alt="賦課した年度ごとの、調定のうち収入した割合の折れ線。点線が出納閉鎖。値は下の表にある")
    st.caption("横軸 = 賦課した年の4月からの月数。新しい3年度を線で、ほかは表に示します。14か月（翌年5月31日）までが現年、その後は滞繰としての収納です。")
    tables.show(at_marks(found, as_of), ["levy_year", "assessed_yen", *MARKS, "collected_rate"], empty="", alt="相当年度ごとの、月数ごとの回収の進みの表")
    st.caption("「回収の進み」は基準日まで。「—」は、まだその月数が過ぎていないか、10人未満の月を含むもの。")
    passport_part(user, "rate_cohort", {"district": district}, found, key="rate_cohorts")
