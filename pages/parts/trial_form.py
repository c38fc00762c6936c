"""A 試行: those that wait for an approval, and the form in which a 係長 proposes one."""

import streamlit as st

from auth.access import User, decide
from casework import trial
from casework.collection_plan import QUEUES
from casework.ledger import Event
from casework.trial import HORIZON, LEAST, LONGEST_NAME, LONGEST_WAY, MEANS, MOST, WAYS, Trial
from data_access.query import Standing, ask
from pages.parts import filters
from pages.parts.approval_form import events, propose_form, told, waiting_part

BEGINS = "始まりました。担当者は、下の一覧のとおりに甲と乙を行ってください。"


def steps_part(user: User, stands: Standing, every: list[Trial]) -> None:
    """What waits, each with its approval; then the form."""
    for each in every:
        if each.began_on is None:
            matter = trial.matter(each.id)
            told(matter)
            happened = events(matter)
            waiting_part(user, matter, happened[-1], _says(each), trial.approve, BEGINS)
    told(trial.FORM)
    if stands.is_newest and decide(user, "trial.propose").allowed:
        with st.expander("試行を起案する", icon=":material/science:", key=f"trial_propose_{len(every)}"):
            _form(user, len(every))


def _says(each: Trial) -> str:
    return "\n".join([f"{each.name}　{each.means}を変える　{each.queue}の {len(each.refs):,}人　{each.horizon_days}日後まで", *(
        f"{name}　{way}" for name, way in zip(WAYS, each.ways, strict=True))])


def _form(user: User, number: int) -> None:
    name = st.text_input("試行の名", max_chars=LONGEST_NAME, key=f"trial_name_{number}", autocomplete="off", placeholder="例: 催告書の文面。個人の名は書かない。")
    left, middle, right = st.columns(3)
    means = left.selectbox("変えるもの", MEANS, key=f"trial_means_{number}")
    queue = middle.selectbox("名簿", QUEUES, key=f"trial_queue_{number}")
    days = right.number_input("結果を見るまでの日数", *HORIZON, 60, 1, key=f"trial_days_{number}")
    ways = [column.text_area(f"{way}の内容", max_chars=LONGEST_WAY, key=f"trial_{way}_{number}", height=90, placeholder="何をどう行うか。個人の名は書かない。")
            for column, way in zip(st.columns(2), WAYS, strict=True)]
    refs = ask(user, "trial_population", queue=queue, district=filters.district(user, label="対象の地区", key="trial_district"))["atena_ref"].to_list()
    st.text(f"対象　{len(refs):,}人（{LEAST:,}人から{MOST:,}人まで。特別管理と執行停止中の人は入らない）")

    def asked(who: User, **fields: object) -> Event:
        return trial.propose(who, name=name, means=means, ways=ways, queue=queue, horizon_days=days, refs=refs, **{**fields, "expected_version": 0})

    propose_form(trial.FORM, str(number), asked, number, button="試行を起案する", replaces=False)
