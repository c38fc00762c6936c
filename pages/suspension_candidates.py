"""執行停止候補: what the records say of 地方税法15条の7第1項, 号 by 号; a person decides."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from auth.access import User, decide
from data_access.query import Standing, ask
from data_access.since_proposal import arrived_since
from data_access.suspension_case import SuspensionCase, against_counts, suspension_case
from pages.parts import filters, tables, wording
from pages.parts.criterion_trial_part import criterion_trial
from pages.parts.decision_part import waiting_part
from pages.parts.door import choose_case, choose_record, go, open_chosen_case, person_line
from pages.parts.export_part import export_part
from pages.parts.heading import heading
from pages.parts.lists import foot, paged
from pages.parts.passport_part import passport_part
from pages.parts.screening_comparison import comparison
from pages.parts.screening_funnel import funnel
from pages.parts.succession_part import succession_part
from pages.parts.suspension_form import batch_part, propose_part

PAGE_SIZE = 50
GROUNDS = {"1号": "滞納処分できる財産がない", "2号": "生活を著しく窮迫させるおそれ", "3号": "所在も財産もともに不明"}
VERDICTS = ("該当の疑い", "資料不足")
CHOSEN, ARRIVED = "screened", "起案の後"
CANDIDATES = {"name": 92, "district_name": 76, "ground": 44, "verdict": 90, "against_count": 88, "matter_state": 74, "active_yen": 128, "missing": 138, "prescription_on": 90, "last_payment_on": 86}
# beside a 起案 787 pixels are left at 1,280
EVIDENCE = {"meaning": 166, "finding": 72, "target": 68, "result": 84, "dated_on": 84, "age_days": 76, "evidence_id": 100, "article": 137}
LACKING = {"meaning": 170, "finding": 72, "how": 545}
AGAINST = {"target": 92, "against": 252, "dated_on": 84, "yen": 100, "evidence_id": 259}
SINCE = 76  # the column that says what came after the 起案, at the expense of the widest
RECORDS = {"所得": ("財産・所得", None), "家計": ("財産・所得", None), "勤務先": ("財産・所得", None), "土地・家屋": ("財産・所得", None), "車両": ("財産・所得", None), "納付": ("経過", "収納"),
           "生活保護": ("世帯・賦課", None), "住民票": ("世帯・賦課", None), "転入": ("世帯・賦課", None), "相続": ("名寄せ", None), "破産": ("期別", None)}  # where the カルテ has it
INVESTIGATED = ("経過", "財産調査")
SIGNS = {"sign": 84, "happened_on": 84, "yen": 100, "evidence_id": 150, "sign_meaning": 185, "article": 184}
READ_FOR = {  # a proposer writes the reason, who decides reads it
    False: "日付と額を確かめ、それでも停止できるとみるなら、そのわけを起案の理由に書いてください。",
    True: "日付と額を確かめ、それでも停止できるわけが、上の「理由」にあるかを見てください。なければ差し戻してください。",
}
STEPS = {"item": 112, "yen": 96, "reckoning": 340, "article": 239}


def render(user: User) -> None:
    """The funnel in numbers; for those who may, what waits for a decision, the candidates and the evidence of the one chosen."""
    stands = heading("執行停止候補", user, "地方税法15条の7（国保法79条の2、地方自治法231条の3第3項による例）")
    district = filters.district(user)
    summary = ask(user, "suspension_summary", district=district)
    st.caption(f"下の件数と額は、{filters.whose(user, district)}のもの。")
    _funnel(summary)
    passport_part(user, "suspension_summary", {"district": district}, summary, key="suspension_summary")
    if not decide(user, "suspension_candidate.read").allowed:
        funnel(user, district)
        return
    waiting_part(user, "執行停止", district, lambda row, first: _read(user, row, stands.as_of, first))
    views = {"候補": lambda: _candidates(user, district, stands), "内訳": lambda: funnel(user, district),
             "前の基準日と比べる": lambda: comparison(user, district, stands.as_of)}
    if decide(user, "suspension_criterion.try").allowed:
        views["要件を試す"] = lambda: criterion_trial(user, district, stands.as_of)
    for tab, draw in zip(st.tabs(list(views), key="screening_view", on_change="rerun"), views.values(), strict=True):
        if tab.open:
            with tab:
                draw()
    open_chosen_case()


def _read(user: User, waiting: dict, as_of: date, first: DeltaGenerator) -> None:
    """What who decides has to read: the case as it stands today, for a 取消 in the カルテ; in the place `first`, what has come since the 起案."""
    if waiting["ground"]:
        found = _candidate(user, waiting, as_of, first)
        now = ask(user, "suspension_standing", refs=[waiting["atena_ref"]])
        if now.filter(ground=waiting["ground"]).is_empty() and not now["is_wholly_suspended"].any():
            st.error(f"起案の後に資料が変わり、いまは{waiting['ground']}の候補ではありません（非該当、または納期限を過ぎた未納がない）。上の証拠の「反証」を確かめ、差し戻してください。", icon=":material/block:")
        elif set(found.lacking) != set(waiting["lacking"] or []):
            st.warning(f"起案の後に資料が変わりました。今足りない資料: **{'、'.join(found.lacking) or 'なし'}**。上の証拠で確かめてください。", icon=":material/update:")
        return
    _signs(user, waiting["atena_ref"])
    if st.button("カルテを開く", icon=":material/person:", key="open_waiting"):
        choose_case(waiting["atena_ref"])
        go("case")


def _signs(user: User, atena_ref: str) -> None:
    """兆しの資料 beside the 起案 of a 取消: the records of the 監視 with date and source, as they are now, whatever was typed in the reason."""
    st.markdown("**兆しの資料**")
    signs = ask(user, "suspension_signs", atena_ref=atena_ref)
    if signs.is_empty():
        st.warning("停止の決定より後の日付の資料は、いま届いていません。「理由」だけに拠る取消です。カルテで確かめてください。", icon=":material/rule:")
        return
    st.caption("停止の決定より後の日付で、いま届いている資料の全て。行を押すと、カルテのその資料があるところが開きます。")
    tables.show(signs, list(SIGNS), widths=SIGNS, key=f"waiting_signs_{atena_ref}", empty="", alt="資力が戻った兆しの資料の表。新しいものから",
                on_choose=_opener(atena_ref, signs["sign"].to_list()))


def _funnel(summary) -> None:
    counts = {(row["ground"], row["verdict"]): row for row in summary.iter_rows(named=True)}
    for column, (ground, meaning) in zip(st.columns(3), GROUNDS.items(), strict=True):
        likely, lacking = (counts.get((ground, verdict), {"case_count": 0, "active_yen": 0}) for verdict in VERDICTS)
        with column, st.container(border=True):
            st.metric(f"{ground}　該当の疑い", wording.people(likely["case_count"]), help="全ての要件が、確認済みで古くなく、より新しい記録と食い違わない資料により満たされている人数。資料より前からの反する資料のある人は入る（候補の表の「反する資料」で分かる）")
            st.caption(f"{meaning}  \n該当の疑い {wording.yen(likely['active_yen'])}  \n資料不足 {wording.people(lacking['case_count'])}　{wording.yen(lacking['active_yen'])}")


def _candidates(user: User, district: str | None, stands: Standing) -> None:
    st.subheader(f"候補（{filters.whose(user, district)}）", anchor=False)
    left, right = st.columns(2)
    verdict = left.segmented_control("判定", VERDICTS, key="verdict", bind="query-params")
    ground = right.segmented_control("号", list(GROUNDS), key="ground", bind="query-params")
    page = paged(user, "suspension_candidates", "suspension_page", PAGE_SIZE, district=district, verdict=verdict, ground=ground)
    counts = against_counts(user, page.rows, stands.as_of)
    found = page.rows.with_columns(*(pl.Series(name, [each[place] for each in counts], dtype=pl.Int64) for place, name in enumerate(("against_count", "means_count"))))
    st.caption("行を押すと、要件ごとの証拠が下に出ます。停止を決めるのは人です。反する資料は、要件を満たしていても停止に反する記録（家計の目安を超える所得・勤務先・土地家屋・1年以内の納付など）の数。未停止の額は、納期限を過ぎた未納のうち、執行停止していない期別の本料。")
    # which records are missing takes two lines: it is told where they are what is looked for, elsewhere how many; in the place of the last payment
    say, untold = wording.lacking if verdict == "資料不足" else wording.lacking_counts, "missing" if verdict == "該当の疑い" else "last_payment_on"
    told = tables.short_places(found).with_columns(pl.Series("missing", [say(text) for text in found["missing"]], dtype=pl.String))
    tables.show(told, [name for name in CANDIDATES if name != untold], widths=CANDIDATES, key=f"candidates_{district}_{verdict}_{ground}_{page.number}", empty="この条件の候補はありません。", alt="執行停止候補の表。1行が滞納者1人と1つの号",
                on_choose=lambda row: st.session_state.update({CHOSEN: (found["atena_ref"][row], found["name"][row], found["ground"][row])}))
    foot(user, page)
    if stands.is_newest:
        batch_part(user, found, ground)
    else:
        st.caption("前の基準日を表示しているので、起案はできません。「最新の表示に戻る」を押してから起案してください。")
    export_part(user, "suspension_candidates", {"district": district, "verdict": verdict, "ground": ground})
    chosen = st.session_state.get(CHOSEN)
    for row in found.iter_rows(named=True):
        if (row["atena_ref"], row["name"], row["ground"]) == chosen:  # never somebody whom the filter has left out
            case = _candidate(user, row, stands.as_of)
            if stands.is_newest:
                propose_part(user, row, case)


def _candidate(user: User, candidate: dict, as_of: date, first: DeltaGenerator | None = None) -> SuspensionCase:
    """What there is to decide on: evidence, what is missing, how it would end by 期別, and the household."""
    atena_ref, name, ground = candidate["atena_ref"], candidate["name"], candidate["ground"]
    found = suspension_case(user, atena_ref, ground, as_of)
    if first is not None:
        found = _marked(user, candidate, found, first)
    key = candidate.get("proposal_id", "candidate")
    st.subheader(f"証拠（{ground}）", anchor=False)
    person_line(name, atena_ref, f"open_{key}")
    st.caption("資料の行を押すと、カルテのその資料があるところ（経過・財産・所得など）が開きます。")
    if first is None:  # beside a 起案 it stands already
        succession_part(user, atena_ref)
    _running(user, atena_ref)
    _against(found, atena_ref, key, is_proposed=first is not None)
    widths = _told_widths(EVIDENCE, found.evidence)
    for (clause,), own in found.evidence.group_by("clause", maintain_order=True):
        st.markdown(f"**{clause}**")
        tables.show(own, list(widths), widths=widths, key=f"evidence_{key}_{atena_ref}_{ground}_{clause}", empty="", alt=f"{clause}の要件ごとの証拠の表",
                    on_choose=_opener(atena_ref, own["target"].to_list()))
        lacking = own.drop_nulls("how")
        if lacking.is_empty():
            st.caption("足りない資料はありません。")
        else:
            lacking = lacking.with_columns(pl.Series("how", [wording.in_wareki(text) for text in lacking["how"]], dtype=pl.String))
            tables.show(lacking, list(LACKING), widths=LACKING, empty="", alt=f"{clause}に足りない資料と、その調べ方の表")
    _ends(found, as_of)
    _hardship(found)
    return found


def _marked(user: User, waiting: dict, found: SuspensionCase, first: DeltaGenerator) -> SuspensionCase:
    """The case with arrived in its tables: which records the 起案 was without. Said in one line before everything else."""
    since = arrived_since(user, waiting, found.evidence, found.against)
    if not since.is_known:
        first.caption("この起案には資料の写しがないので、起案の後に届いた資料は見分けられません。")
    elif since.count:
        names = dict.fromkeys([*found.against.filter(pl.Series(since.against))["sign"], *found.evidence.filter(pl.Series(since.evidence))["target"]])
        first.warning(f"起案の後に届いた資料があります: **{'、'.join(names)}**（下の表に「{ARRIVED}」と示します）。起案した人は見ていません。", icon=":material/update:")
    return replace(found, evidence=_with_marks(found.evidence, since.evidence), against=_with_marks(found.against, since.against))


def _with_marks(rows: pl.DataFrame, is_new: list[bool]) -> pl.DataFrame:
    return rows.with_columns(pl.Series("arrived", [ARRIVED if each else None for each in is_new], dtype=pl.String))


def _told_widths(widths: dict[str, int], rows: pl.DataFrame) -> dict[str, int]:
    """The columns of a table, and whether a record came after the 起案 only where one did."""
    if "arrived" not in rows.columns or not rows["arrived"].count():
        return widths
    widest = max(widths, key=widths.get)
    return {"arrived": SINCE, **widths, widest: widths[widest] - SINCE}


def _running(user: User, atena_ref: str) -> None:
    """A 停止 that runs already and shows means again belongs to the question whether there should be a further one."""
    if signs := ask(user, "suspension_signs", atena_ref=atena_ref).height:
        st.warning(f"この人には停止中の期別があり、資力が戻った兆しが{signs}件あります。先に「停止の監視」で、その停止を取り消すかを確かめてください。", icon=":material/visibility:")


def _against(found: SuspensionCase, atena_ref: str, key: str, *, is_proposed: bool) -> None:
    """反する資料 beside the checklist: what would be a sign of means if it came after the decision, and is there before it."""
    st.markdown("**反する資料**")
    if found.against.is_empty():
        st.caption("届いている記録に、停止に反する資料はありません（手持ちの現金、市外の財産や所得は届きません）。")
        return
    st.warning(f"停止に反する資料が{found.against.height}件あります。{READ_FOR[is_proposed]}", icon=":material/balance:")
    widths = _told_widths(AGAINST, found.against)
    tables.show(found.against.rename({"sign": "target", "happened_on": "dated_on"}), list(widths), widths=widths, key=f"against_{key}_{atena_ref}", empty="", alt="停止に反する資料の表。新しいものから",
                on_choose=_opener(atena_ref, found.against["sign"].to_list()))


def _opener(atena_ref: str, records: list[str]) -> Callable[[int], None]:
    """What a click on one of these records does: the カルテ opens where it stands."""
    return lambda row: choose_record(atena_ref, *RECORDS.get(records[row], INVESTIGATED))


def _ends(found: SuspensionCase, as_of: date) -> None:
    st.subheader("停止の対象になる期別", anchor=False)
    st.caption(f"停止していない未納 **{wording.yen(found.installments['unpaid_yen'].sum())}**。停止の間も時効は進むので、"
               f"{wording.short(as_of)} に停止した場合の3年の終わりと時効の、早いほうで消える。差押の間は時効が完成しない。")
    tables.show(found.installments, ["levy_year", "installment_no", "due_date", "unpaid_yen", "charge_yen", "prescription_on", "three_years_on", "ended_by"],
                empty="停止していない未納はありません。", alt="期別ごとの時効と停止3年の終わりの表")
    st.caption("停止したあとにすること　" + "　".join(f"{duty.text}（{duty.article}）" for duty in found.duties))


def _hardship(found: SuspensionCase) -> None:
    st.subheader("家計の目安", anchor=False)
    if found.gone:
        st.caption(f"計算していません。この人は{found.gone}で、窮迫する生活がここにないためです（2号は、生活している人のための事由）。")
        return
    if found.hardship is None:
        st.caption("世帯の所得を見る権限がないため、計算していません。")
        return
    if not found.agrees:
        st.error("ここでの計算と、スナップショットの額が一致しません。システム管理者に連絡してください。", icon=":material/error:")
    st.text(found.hardship.sentence)
    if found.is_household_no_record:
        st.caption("上の要件の「家計」には使いません。要件にするのは、住民票が市内にあり、世帯の全員の今年度の所得が分かる人だけです（転出した人・住登外の人の今の暮らしは、この記録では分からない）。")
    tables.show(found.steps, list(STEPS), widths=STEPS, empty="", alt="家計の目安の計算の表")
    if found.suggests_welfare:
        st.info("生活保護を受けていなければ、福祉の相談（生活保護・生活困窮者の自立支援）を案内する。生計を一にする親族と今の収入は聞取りで確かめる。",
                icon=":material/volunteer_activism:")
