"""長寿社会課照会: one person per inquiry, and nothing but 仮名, 滞納額, 滞納期間 and 基準日 (介護保険法68条5項).

The inquiry is in the access log before anything is read, and what was told is there before the caller sees it. Whoever is no
target, is not found, is under 支援措置 or is not one person gets the same 対象外, from the same statement.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock

from sqlalchemy import func, select

import settings
import store
from audit import log, refusal, watch
from audit.log import ACCESS_LOG
from auth.access import User, decide
from auth.limits import limits
from data_access import derive
from data_access.connection import Engine, engine, reader
from data_access.query import OWN_CASE, PAST_IS_READ_ONLY, is_past
from law.my_number import looks_like_my_number
from law.sanctions import second_insured_ages

QUESTION = "care_inquiry"
ASKED = "care_inquiry.ask"
ANSWERED = "care_inquiry.answer"
PURPOSES = ("保険給付の一時差止の確認", "一時差止の記載の削除依頼の確認")  # 評価書 Ⅱ-5 移転先1②
TOLD, NOT_TARGET = "回答", "対象外"
SHAPE = re.compile(r"[0-9A-Za-z-]{1,20}")
NUMBER = re.compile(r"[0-9]{10}")
MOST_SHOWN = 200
_lock = Lock()


@dataclass(frozen=True)
class CareAnswer:
    """What the other office is told: 仮名, 滞納額 (yen), 滞納期間 and 基準日. 対象外 = everything but the day is None."""

    pseudonym: str | None
    arrears_yen: int | None
    arrears_period: tuple[date, date] | None
    as_of: date


def inquire(
    user: User, *, document: str, purpose: str, atena_number: str | None = None, name: str | None = None, birth_date: date | None = None
) -> CareAnswer:
    """Ask about one person: by 宛名番号, or by the whole 氏名 (カナか漢字) and 生年月日.

    `document`: the 照会番号 of the asking office. Raises NotAllowed, recorded, without the right, for an inquiry that is not
    whole or names a 個人番号, and past the day's number of inquiries; AuditUnavailable when it cannot be recorded.
    """
    refusal.check_allowed(user, ASKED, QUESTION)
    name = (name or "").strip() or None
    if wrong := _wrong(document, purpose, atena_number, name, birth_date):
        refusal.refuse(user, QUESTION, wrong)
    served, key = engine(), settings.secret("pseudonym")
    asked = [derive.atena_ref(atena_number, key)] if atena_number else []
    seq = _record(user, served.snapshot.id, asked, {"document": document, "purpose": purpose, "section": user.section,
                                                    "searched_by": ["atena_ref"] if asked else ["person_name", "birth_date"]})
    is_answered, yen, since, until, as_of, fitting, is_kept_back = _read(served, user, atena_number, name, birth_date)
    named = [derive.atena_ref(number, key) for number in fitting]
    for own in watch.own(user.name).intersection(named):
        refusal.record(actor=user.name, question=QUESTION, reason=OWN_CASE, atena_ref=own)
    log.append(actor=user.name, action=ANSWERED, question=QUESTION, snapshot_id=served.snapshot.id, row_count=1, atena_refs=named,
               detail={"inquiry": seq, "answer": TOLD if is_answered else NOT_TARGET} | ({"protected": 1} if is_kept_back else {}))
    return CareAnswer(derive.pseudonym(fitting[0], QUESTION, as_of, key) if is_answered else None, yen, (since, until) if since else None, as_of)


def _read(served: Engine, user: User, atena_number: str | None, name: str | None, birth_date: date | None) -> tuple:
    """The one row of disclosed.care_inquiry."""
    ages = second_insured_ages(served.snapshot.business_date)
    inquiry = {"atena_number": atena_number, "name": name, "birth_date": birth_date and birth_date.isoformat(),
               "first_age": str(ages.start), "last_age": str(ages.stop - 1)}
    cursor = reader(served, user)
    cursor.execute("set variable inquiry = ?::map(varchar, varchar)", [inquiry])
    return cursor.execute("select is_answered, arrears_yen, arrears_from, arrears_to, as_of, fitting, is_kept_back from disclosed.care_inquiry").fetchone()


def _wrong(document: str, purpose: str, atena_number: str | None, name: str | None, birth_date: date | None) -> str:
    """Why this is no inquiry, in words that quote nothing; "" when it is one."""
    if any(looks_like_my_number(typed) for typed in (document, atena_number, name) if typed):
        return "個人番号とみられる12桁の数字があります。個人番号では照会できません。消して、宛名番号（10桁）を使ってください。"
    if not SHAPE.fullmatch(document):
        return "照会番号は、英数字とハイフンで20文字までです。照会の文書の番号を入れてください。"
    if purpose not in PURPOSES:
        return "照会の目的を選んでください。"
    if atena_number and not NUMBER.fullmatch(atena_number):
        return "宛名番号は数字10桁で入力してください。"
    if not atena_number and not (name and birth_date):
        return "宛名番号か、氏名と生年月日の両方を入れてください。氏名だけでは照会できません。"
    if atena_number and (name or birth_date):
        return "宛名番号で照会するときは、氏名と生年月日を空にしてください。"
    return PAST_IS_READ_ONLY if is_past() else ""


def _record(user: User, snapshot_id: str, asked: list[str], detail: dict[str, object]) -> int:
    """The inquiry itself, in the chain before anything is read, when the day has room for it. Returns its seq."""
    with _lock:  # two clicks at once are two inquiries
        most = limits(settings.today()).most_inquiries_a_day.get(user.role, 0)
        if _today(user) >= most:
            refusal.refuse(user, QUESTION, f"今日照会できる件数（{most:,}件）に達しました。続きが要るときは、収納推進課の係長に相談してください。", "".join(asked))
        return log.append(actor=user.name, action=ASKED, question=QUESTION, snapshot_id=snapshot_id, atena_refs=asked, detail=detail)


def _today(user: User) -> int:
    midnight = datetime.combine(settings.now().astimezone(settings.JAPAN).date(), time(), settings.JAPAN).astimezone(UTC)
    entry = ACCESS_LOG.c
    asked = select(func.count()).where(entry.actor == user.name, entry.action == ASKED, entry.at >= midnight.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    with store.engine().connect() as connection:
        return connection.execute(asked).scalar_one()


def inquiries(user: User, days: int = 31) -> list[dict[str, object]]:
    """The inquiries of the last `days`, the newest first: asked_at, asked_by, document, purpose, answer. The asking office sees its
    own; 収納推進課 and the auditor everybody's with atena_ref, and 課長・係長 which of them are theirs to answer (is_for_chief).

    Raises NotAllowed."""
    refusal.check_allowed(user, "care_inquiry.read")
    entry, since = ACCESS_LOG.c, (settings.now().astimezone(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    of_days = select(entry.seq, entry.at, entry.actor, entry.action, entry.atena_refs, entry.detail).where(entry.question == QUESTION, entry.at >= since)
    with store.engine().connect() as connection:
        rows = [dict(row) | {"detail": json.loads(row["detail"])} for row in connection.execute(of_days.order_by(entry.seq.desc())).mappings()]
    answers = {row["detail"]["inquiry"]: row for row in rows if row["action"] == ANSWERED}
    asks = decide(user, ASKED).allowed
    shown = [row for row in rows if row["action"] == ASKED and (not asks or row["detail"]["section"] == user.section)
             or row["action"] == "refused" and (not asks or row["actor"] == user.name)]
    return [_told(user, row, answers.get(row["seq"]), asks) for row in shown[:MOST_SHOWN]]


def _told(user: User, row: dict, answer: dict | None, asks: bool) -> dict[str, object]:
    detail, found = row["detail"], answer["detail"] if answer else {}
    refused = row["action"] == "refused"
    told = {"asked_at": row["at"], "asked_by": row["actor"], "document": detail.get("document"), "asked_purpose": detail.get("purpose") or detail["reason"],
            "answer": "拒否" if refused else found.get("answer", "回答していない")}
    if asks:
        return told
    named = json.loads((answer or row)["atena_refs"])
    told |= {"atena_ref": named[0] if named else None}
    return told | ({"is_for_chief": bool(found.get("protected"))} if decide(user, "protection.mark").allowed else {})
