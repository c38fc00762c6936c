"""What must hold between the fields of one entry, and between an entry and those that stand already."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction

from casework.fields import About
from casework.ledger import Event
from law.suspension import SuspensionRefused, cancel, check_immediate_ground, explain

STALE_DAYS = 3  # open days without feeds (72 hours) from which nothing that rests on what is unpaid may be recorded
MISTAKE = "停止の誤り"
RENEWED = "時効の更新が判明"
AT_ONCE = "即時消滅"
OF_A_STOP = ("停止3年", AT_ONCE)
Errors = Iterator[tuple[str, str]]


def errors(kind: str, payload: Mapping[str, object], about: About) -> list[tuple[str, str]]:
    """(field, sentence) of every rule of `kind` that `payload`, checked field by field before, breaks."""
    return list(RULES[kind](payload, about)) if kind in RULES else []


def _installment_plan(plan: Mapping, about: About) -> Errors:
    if plan["parts"][0]["promised_on"] < plan["pledged_on"]:
        yield "parts", "初回の納付予定日が誓約日より前です。これからの日にしてください。"
    cancelled = {event.payload["plan"] for event in about.standing if event.kind == "plan_cancellation"}
    own = {tuple(each.values()) for each in plan["installments"]}
    for event in about.standing:
        if event.kind == "installment_plan" and event.event_id not in cancelled and own & {tuple(each.values()) for each in event.payload["installments"]}:
            yield "installments", f"{event.occurred_on} に記録した分納に入っている期別があります。分納取消を記録するか、その分納を訂正してください。"
            return


def _plan_cancellation(cancellation: Mapping, about: About) -> Errors:
    others = [event.payload for event in about.standing]
    if any(other.get("plan") == cancellation["plan"] for other in others):
        yield "plan", "この分納はすでに取り消されています。"
    plan = next(event for event in about.standing if event.event_id == cancellation["plan"])
    if date.fromisoformat(cancellation["cancelled_on"]) < plan.occurred_on:
        yield "cancelled_on", "取消日が誓約日より前です。日付を確かめてください。"


def _reminder(reminder: Mapping, about: About) -> Errors:
    paid = {f"{each['notice_number']}-{each['installment_no']}" for each in reminder["installments"]} & about.subject.flashed
    if paid and not reminder["is_sent_though_paid"]:
        yield "is_sent_though_paid", (f"納付の速報がある期別が{len(paid)}期入っています（まだ消し込まれていません）。収納を確かめ、納まった期別を外してください。"
                                      "それでも送るときは、確かめたことに印を付けてください。")


def _residence_finding(finding: Mapping, about: About) -> Errors:
    is_found = finding["result"] == "居所判明"
    if is_found and finding["address"] is None:
        yield "address", "居所判明のときは、判明した住所を入力してください。"
    if not is_found and finding["address"] is not None:
        yield "address", "住所は、結果が居所判明のときだけ入力してください。"


def _finding_confirmation(confirmation: Mapping, about: About) -> Errors:
    finding = next(event for event in about.standing if event.event_id == confirmation["finding"])
    if finding.actor == about.account:
        yield "finding", "自分が記録した調査結果は確かめられません。ほかの職員に、その人の利用者で確かめてもらってください。"
    if finding.payload.get("confirmed_by") or any(event.payload.get("finding") == finding.event_id for event in about.standing):
        yield "finding", "この調査結果はすでに確かめられています。"
    if date.fromisoformat(confirmation["confirmed_on"]) < finding.occurred_on:
        yield "confirmed_on", "確認日が、調査の日より前です。日付を確かめてください。"


def _succession(succession: Mapping, about: About) -> Errors:
    heir = succession["heir_atena_number"]
    if heir == about.subject.atena_number:
        yield "heir_atena_number", "相続人の宛名番号が、この人自身の番号です。"
    others = [event.payload for event in about.standing if event.kind == "succession"]
    if any(other["heir_atena_number"] == heir for other in others):
        yield "heir_atena_number", "この相続人の承継はすでに記録されています。変えるときは訂正してください。"
    shares = [Fraction(each["share_numerator"], each["share_denominator"]) for each in (succession, *others)]
    if sum(shares) > 1:
        yield "share_numerator", "持分の合計が1を超えます。ほかの相続人の持分を確かめてください。"


def _allocation_record(record: Mapping, about: About) -> Errors:
    if sum(each["yen"] for each in record["allocated"]) > record["collected_yen"]:
        yield "allocated", "充当額の合計が、得た額を超えます。額を確かめてください。"
    left = record["collected_yen"] - sum(each["yen"] for each in record["allocated"])
    if left > 0 and not record["has_surplus"]:
        yield "has_surplus", f"充当した残りが {left:,}円 あります。得た額を確かめ、そのとおりなら「残りがある」を選んでください（残りは本人へ交付する）。"
    if left <= 0 and record["has_surplus"]:
        yield "has_surplus", "充当した残りがありません。「残りがある」を外してください。"


def _suspension_decision(decision: Mapping, about: About) -> Errors:
    try:
        explain(int(decision["ground"].removesuffix("号")), date.fromisoformat(decision["decided_on"]), None,
                is_partial=decision["is_partial"], is_hopeless=decision["is_immediate"])
    except SuspensionRefused as refusal:
        yield "ground", str(refusal)
    if decision["is_immediate"]:
        yield from _why_at_once(decision, date.fromisoformat(decision["decided_on"]))
    elif decision["extinction_ground"] or decision["extinction_reason"]:
        yield "extinction_ground", "即時消滅の事由と理由は、即時消滅とするときだけ書いてください。"
    if decision["lacking"] and not decision["is_proposed_though_lacking"]:
        yield "is_proposed_though_lacking", (f"足りない資料があります（{'、'.join(decision['lacking'])}）。資料をそろえてから起案してください。"
                                             "それでも起案するときは、知っていることに印を付け、なぜ停止できるとみるかを理由に書いてください。")
    own = _keys(decision["installments"])
    if own & suspended(about.standing):
        yield "installments", "すでに停止を決定した期別が入っています。今日の決定は、次の取込で公開するデータから停止中になります。"
    if own & written_off(about.standing):
        yield "installments", "不納欠損を決定した期別が入っています。外してください。"
    unpaid = dict(about.subject.unpaid)
    if paid := [key for key in own if not unpaid.get("-".join(key))]:
        yield "installments", f"未納のない期別が{len(paid)}期入っています（起案の後の納付・更正など）。起案を差し戻すか取り下げ、残る期別で起案し直してください。"
    yield from _extinct(own, about)


def _extinct(own: set[tuple[str, str]], about: About) -> Errors:
    """What 時効 has ended cannot be stopped, extinguished once more or claimed again."""
    if gone := own & {tuple(key.split("-")) for key in about.subject.extinct}:
        yield "installments", f"時効で消滅した期別が{len(gone)}期入っています（国民健康保険法110条・地方自治法236条2項）。外して、不納欠損（時効）で起案してください。"


def _why_at_once(decision: Mapping, on: date) -> Errors:
    """One of the law's two grounds and why: nobody's debt is ended by a tick alone."""
    try:
        check_immediate_ground(decision["extinction_ground"], on)
    except SuspensionRefused as refusal:
        yield "extinction_ground", str(refusal)
    if not decision["extinction_reason"]:
        yield "extinction_reason", "即時消滅とする理由を入力してください。何を見て、取れないことが明らかとみたかを書きます。"


def _suspension_cancellation(cancellation: Mapping, about: About) -> Errors:
    try:
        cancel(date.fromisoformat(cancellation["suspended_on"]), date.fromisoformat(cancellation["cancelled_on"]))
    except SuspensionRefused as refusal:
        yield "cancelled_on", str(refusal)
    gone = suspended(about.standing, only_immediate=True)
    if cancellation["cancel_ground"] != MISTAKE and _keys(cancellation["installments"]) & gone:
        yield "cancel_ground", f"即時消滅とした期別は義務が消滅しているため、取消の理由は「{MISTAKE}」だけです（地方税法15条の7第5項）。"
    own = _keys(cancellation["installments"])
    if own & cancelled(about.standing, of=cancellation["suspended_on"]):
        yield "installments", "すでに取消を決定した期別が入っています。次の取込で公開するデータから停止中でなくなります。"
    if own & written_off(about.standing):
        yield "installments", "不納欠損を決定した期別が入っています。先に、不納欠損の取消を起案してください。"
    yield from _extinct(own, about)


def _write_off_decision(decision: Mapping, about: About) -> Errors:
    extinct_on = decision["extinct_on"]
    if extinct_on is None and decision["reason"] != "即時消滅":
        yield "extinct_on", f"{decision['reason']}による不納欠損には、消滅した日が要ります。候補の画面から起案してください。"
    if extinct_on and extinct_on > decision["decided_on"]:
        yield "extinct_on", "消滅した日が決定日より後です。消滅してから起案してください。"
    own = _keys(decision["written_off"])
    if decision["reason"] == AT_ONCE and not own <= suspended(about.standing, only_grounded=True):
        yield from _why_at_once(decision, date.fromisoformat(decision["decided_on"]))
    elif decision["extinction_ground"] or decision["extinction_reason"]:
        yield "extinction_ground", "即時消滅の事由と理由は、この起案で即時消滅とするときだけ書いてください。"
    unpaid = dict(about.subject.unpaid)
    yen_of = {f"{each['notice_number']}-{each['installment_no']}": each["yen"] for each in decision["written_off"]}
    if paid := [key for key, yen in yen_of.items() if key in about.subject.flashed or unpaid.get(key, 0) < yen]:
        yield "written_off", (f"納付のあった期別が{len(paid)}期入っています（速報か消込み。起案の額より未納が少ない）。納まった額は欠損にできません。"
                              "起案を差し戻すか取り下げ、消込みの後に残る額で起案し直してください。")
    gone = written_off(about.standing)
    if own & gone:
        yield "written_off", "すでに不納欠損を決定した期別が入っています。画面を開き直してください。"
    if decision["reason"] not in OF_A_STOP and own & suspended(about.standing, only_immediate=True):
        yield "reason", "即時消滅を決定した期別が入っています。事由は即時消滅です。次の取込の後に、候補の画面から起案してください。"
    if decision["reason"] in OF_A_STOP and own & cancelled(about.standing):
        yield "reason", "執行停止の取消を決定した期別が入っています。停止を理由とする不納欠損はできません。画面を開き直してください。"


def _write_off_reversal(reversal: Mapping, about: About) -> Errors:
    if any(event.kind == "write_off_reversal" and event.payload["decision"] == reversal["decision"] for event in about.standing):
        yield "decision", "この不納欠損はすでに取り消されています。"
    decided = next(event for event in about.standing if event.event_id == reversal["decision"])
    if reversal["reversal_ground"] == RENEWED and decided.payload["reason"] != "時効":
        yield "reversal_ground", f"事由が{decided.payload['reason']}の不納欠損は、時効の更新では戻りません。ほかの理由を選んでください。"


def _keys(rows: Iterable[Mapping]) -> set[tuple[str, str]]:
    return {(row["notice_number"], row["installment_no"]) for row in rows}


def cancelled(events: Iterable[Event], *, of: str | None = None) -> set[tuple[str, str]]:
    """(通知書番号, 期別) of every installment whose last 決定 or 取消 of 執行停止 in the ledger is a 取消 (`of`: of the stop of that day)."""
    freed: set[tuple[str, str]] = set()
    for event in events:
        if event.kind == "suspension_cancellation" and of in (None, event.payload["suspended_on"]):
            freed |= _keys(event.payload["installments"])
        elif event.kind == "suspension_decision":
            freed -= _keys(event.payload["installments"])
    return freed


def written_off(events: Iterable[Event]) -> set[tuple[str, str]]:
    """(通知書番号, 期別) of every installment that a 不納欠損 of the ledger covers and no 取消 has freed."""
    events = tuple(events)
    reversed_ids = {event.payload["decision"] for event in events if event.kind == "write_off_reversal"}
    standing = (event for event in events if event.kind == "write_off_decision" and event.event_id not in reversed_ids)
    return {key for event in standing for key in _keys(event.payload["written_off"])}


def suspended(events: Iterable[Event], *, only_immediate: bool = False, only_grounded: bool = False) -> set[tuple[str, str]]:
    """(通知書番号, 期別) of every installment whose last 決定 or 取消 of 執行停止 in the ledger is a 決定 (of those: one with 即時消滅, or
    with 即時消滅 and its recorded ground)."""
    stopped = set()
    for event in events:
        each = _keys(event.payload.get("installments", ()))
        told = event.payload.get("extinction_ground") if only_grounded else not only_immediate or event.payload.get("is_immediate")
        if event.kind == "suspension_decision" and told:
            stopped |= each
        elif event.kind in ("suspension_decision", "suspension_cancellation"):
            stopped -= each
    return stopped


def _protection_mark(mark: Mapping, about: About) -> Errors:
    # An earlier day would shorten the wait before it may be lifted.
    if date.fromisoformat(mark["marked_on"]) != about.today:
        yield "marked_on", "登録日は今日にしてください。登録したときから隠れます。"


def _protection_lift(lift: Mapping, about: About) -> Errors:
    mark = next(event for event in about.standing if event.event_id == lift["mark"])
    if any(event.payload.get("mark") == lift["mark"] for event in about.standing):
        yield "mark", "この登録はすでに解除されています。"
    if about.account == mark.actor or about.writer == mark.payload["officer_name"]:
        yield "mark", "登録した本人は解除できません。ほかの係長・課長に確かめてもらってください。"
    if date.fromisoformat(lift["lifted_on"]) <= mark.occurred_on:
        yield "lifted_on", "登録した日のうちは解除できません。翌日以後に、市民課に確かめてから解除してください。"


RULES: dict[str, Callable[[Mapping, About], Errors]] = {
    "installment_plan": _installment_plan,
    "plan_cancellation": _plan_cancellation,
    "reminder": _reminder,
    "residence_finding": _residence_finding,
    "finding_confirmation": _finding_confirmation,
    "succession": _succession,
    "allocation_record": _allocation_record,
    "suspension_decision": _suspension_decision,
    "suspension_cancellation": _suspension_cancellation,
    "write_off_decision": _write_off_decision,
    "write_off_reversal": _write_off_reversal,
    "protection_mark": _protection_mark,
    "protection_lift": _protection_lift,
}
