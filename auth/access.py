"""May this person do this? Answered from permissions.toml and from nothing else; what it does not grant is denied."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

Scope = Literal["all", "own", "none"]
Clearance = Literal["none", "masked", "read"]
Days = Literal["all", "month_ends"]


UNTRAINED = "個人情報の取扱いの研修の期限が過ぎているか、まだ登録されていません。研修を終えて、システム管理者に研修修了日を登録してもらってください。"


@dataclass(frozen=True)
class User:
    """A member of staff as the store knows them at this moment."""

    name: str
    display_name: str
    role: str
    section: str
    districts: tuple[str, ...] = ()
    is_trained: bool = True


@dataclass(frozen=True)
class Decision:
    """Allowed or not, and why, in the office's words."""

    allowed: bool
    reason: str


class NotAllowed(Exception):
    """権限がない操作。The text is the reason a person may read."""


@dataclass(frozen=True)
class Role:
    """One row of the table: what the office calls it, what it may do, whom and how much it may see."""

    title: str
    scope: Scope
    actions: frozenset[str]
    clearance: MappingProxyType
    reveal: MappingProxyType
    rounded_to_yen: int = 1
    days: Days = "all"


@dataclass(frozen=True)
class Permissions:
    """permissions.toml parsed: actions and classes with their Japanese names, roles by identifier."""

    reviewed_on: object
    without_training: frozenset[str]
    actions: MappingProxyType
    classes: MappingProxyType
    roles: MappingProxyType


@lru_cache(maxsize=1)
def permissions() -> Permissions:
    """The whole table, read once per process. Raises ValueError for a grant of something undeclared."""
    table = tomllib.loads(Path(__file__).with_name("permissions.toml").read_text(encoding="utf-8"))
    roles = {name: _role(name, row, table) for name, row in table["roles"].items()}
    return Permissions(
        reviewed_on=table["reviewed_on"],
        without_training=frozenset(table["without_training"]),
        actions=MappingProxyType(table["actions"]),
        classes=MappingProxyType(table["classes"]),
        roles=MappingProxyType(roles),
    )


def _role(name: str, row: dict, table: dict) -> Role:
    undeclared = (set(row["actions"]) - set(table["actions"])) | (set(row["clearance"]) - set(table["classes"]))
    if undeclared:
        raise ValueError(f"permissions.toml の役割 {name} に未定義の項目があります: {sorted(undeclared)}")
    reveal = row.get("reveal", {})
    if set(reveal) - set(table["classes"]) or set(reveal.values()) - {"alone", "approved"}:
        raise ValueError(f"permissions.toml の役割 {name} の reveal の値が正しくありません。")
    if row["scope"] not in ("all", "own", "none") or set(row["clearance"].values()) - {"none", "masked", "read"}:
        raise ValueError(f"permissions.toml の役割 {name} の scope か clearance の値が正しくありません。")
    if row.get("rounded_to_yen", 1) not in (1, 1_000):
        raise ValueError(f"permissions.toml の役割 {name} の rounded_to_yen は 1000 だけです。")
    if row.get("days", "all") not in ("all", "month_ends"):
        raise ValueError(f"permissions.toml の役割 {name} の days は month_ends だけです。")
    clearance = {column_class: row["clearance"].get(column_class, "none") for column_class in table["classes"]}
    return Role(row["title"], row["scope"], frozenset(row["actions"]), MappingProxyType(clearance), MappingProxyType(reveal), row.get("rounded_to_yen", 1), row.get("days", "all"))


def decide(user: User | None, action: str) -> Decision:
    """Whether `user` may do `action`. Never raises: a stranger, an unknown role or action is simply denied."""
    if user is None:
        return Decision(False, "サインインしていません。サインインしてからやり直してください。")
    if action not in permissions().actions:
        return Decision(False, f"操作「{action}」は権限表にありません。システム管理者に連絡してください。")
    role = permissions().roles.get(user.role)
    if role is None:
        return Decision(False, f"役割「{user.role}」は権限表にありません。システム管理者に連絡してください。")
    done = permissions().actions[action]
    if action not in role.actions:
        return Decision(False, f"「{done}」権限がありません（{role.title}）。必要なときは係長に相談してください。")
    if not user.is_trained and action not in permissions().without_training:
        return Decision(False, UNTRAINED)
    return Decision(True, f"「{done}」は{role.title}の権限です。")


def scope(user: User | None) -> Scope:
    """Whose records: "all" the city's, "own" = those of user.districts, "none" = nobody's."""
    role = permissions().roles.get(user.role) if user else None
    return role.scope if role else "none"


def clearance(user: User | None) -> dict[str, Clearance]:
    """How each column class C1…C9 reaches this person. Unlisted classes and unknown people get "none"."""
    role = permissions().roles.get(user.role) if user else None
    return dict(role.clearance) if role else dict.fromkeys(permissions().classes, "none")


def revealable(user: User | None) -> dict[str, Literal["alone", "approved"]]:
    """The column classes this person may have unmasked for a while, and whether somebody has to approve it."""
    role = permissions().roles.get(user.role) if user else None
    return dict(role.reveal) if role else {}


def rounded_to(user: User | None) -> int:
    """To how many yen amounts are rounded for this person; 1 = as they are."""
    role = permissions().roles.get(user.role) if user else None
    return role.rounded_to_yen if role else 1


def sees_month_ends(user: User | None) -> bool:
    """Whether this person is shown each month's last data only."""
    role = permissions().roles.get(user.role) if user else None
    return role is not None and role.days == "month_ends"
