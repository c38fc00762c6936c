"""What an account may be: its name, its role, its districts, whose it is, when they were trained. Asks no store."""

import re
from datetime import date

import settings
from auth import limits
from auth.access import permissions
from law.typed_text import text_errors

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
NOT_A_PERSON = frozenset({"unknown", "month_end"})  # as the access log calls who is not known, and the month's end
DISTRICT = re.compile(r"(?!S00$)[A-Za-z0-9]{1,8}")  # S00 is 特別管理, which nobody has for their own
LONGEST_NAME, LONGEST_NUMBER, LONGEST_REASON = 60, 20, 200


class AccountRefused(Exception):
    """登録・変更できない利用者。The text says why and what to do."""


def check(name: str, role: str, districts: tuple[str, ...]) -> None:
    """Raises AccountRefused for a name, a role or districts that no account may have."""
    if not NAME.fullmatch(name):
        raise AccountRefused("利用者IDは英小文字・数字・._- の2～32文字にしてください。")
    if name in NOT_A_PERSON:
        raise AccountRefused(f"利用者ID {name} は、アクセスログで人でないものを指します。別のIDにしてください。")
    check_text("利用者ID", name, 32)
    for together in ("、", ""):  # a 個人番号 in one of them, or cut in two
        check_text("担当地区", together.join(districts) or "なし", LONGEST_REASON)
    if any(not DISTRICT.fullmatch(code) for code in districts):
        raise AccountRefused("担当地区は D01 のような地区コードを、カンマで区切って書いてください。特別管理（S00）は受け持てません。")
    if role not in permissions().roles:
        raise AccountRefused(f"役割「{role}」は権限表にありません。{'、'.join(permissions().roles)} から選んでください。")
    if permissions().roles[role].scope == "own" and not districts:
        title = permissions().roles[role].title
        raise AccountRefused(f"役割「{title}」には担当地区が要ります。D01,D02 のように担当地区を指定してください。")


def check_text(label: str, text: str, longest: int) -> None:
    """Raises AccountRefused for a text that is missing, too long, has signs nobody sees, or a 個人番号."""
    if not text.strip():
        raise AccountRefused(f"{label}を{longest}文字までで入力してください。")
    for error in text_errors(label, text, longest):
        raise AccountRefused(error)


def check_number(number: str) -> None:
    """Raises AccountRefused for what is no 職員番号. Only ASCII: one person's number has one spelling."""
    if not (number.isascii() and number.isalnum()):
        raise AccountRefused(f"職員番号を英数字（半角）{LONGEST_NUMBER}文字までで入力してください。人事異動との突合に使います。")
    check_text("職員番号", number, LONGEST_NUMBER)


def check_training(text: str) -> None:
    """Raises AccountRefused for what is no 研修修了日 that counts today."""
    try:
        is_past = date.fromisoformat(text) <= settings.today()
    except ValueError as error:
        raise AccountRefused("研修修了日は 2026-04-10 のように書いてください。") from error
    if not is_past or not limits.is_trained(text, settings.today()):
        raise AccountRefused(f"研修修了日は、今日まで{limits.limits(settings.today()).training_days}日のうちの日にしてください。")
