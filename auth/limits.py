"""The city's limits by date (limits.toml): how old a training may be, how many people and inquiries a day, from which networks."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path

import settings

LOOPBACK = "loopback"
NAMED = {"any": ("0.0.0.0/0", "::/0"), LOOPBACK: ("127.0.0.0/8", "::1/128")}
SHIPPED = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class Limits:
    """What holds from `since` on, by role where limits.toml says so; a role it does not name gets nothing."""

    since: date
    reviewed_on: date
    training_days: int
    most_persons_a_day: dict[str, int]
    most_listed_a_day: dict[str, int]
    most_inquiries_a_day: dict[str, int]
    most_rows_a_chief_approves: int
    networks: dict[str, list[str]]


def _every() -> tuple[Limits, ...]:
    return _read(settings.limits_file() or SHIPPED)


@lru_cache(maxsize=4)
def _read(path: Path) -> tuple[Limits, ...]:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(sorted((Limits(row.pop("from"), **row) for row in table["limits"]), key=lambda limits: limits.since))


def limits(day: date) -> Limits:
    """The limits of `day`; before the first row, the first."""
    return next((found for found in reversed(_every()) if found.since <= day), _every()[0])


def is_trained(training_on: str | None, day: date) -> bool:
    """Whether a training of that day (ISO text, None = none) still counts."""
    return training_on is not None and day <= date.fromisoformat(training_on) + timedelta(days=limits(day).training_days)


def is_inside(role: str, source: str, day: date) -> bool:
    """Whether somebody of this role may be at the address `source`."""
    asked = limits(day).networks.get(role, [])
    try:
        address = ip_address(source)
        return any(address in ip_network(network) for name in asked for network in NAMED.get(name, (name,)))
    except ValueError:
        return "any" in asked


def networks_missing(day: date) -> str:
    """Why nobody but this machine itself could sign in, and which setting to give; "" when the city has named its networks."""
    if any(name != LOOPBACK for names in limits(day).networks.values() for name in names):
        return ""
    file = settings.limits_file() or "auth/limits.toml"
    return (f"サインインできる端末のネットワークが決まっていません。{file} の networks に、役割ごとの庁内のネットワーク（CIDR。例 10.20.0.0/16）を書いてください。"
            "はじめの設定は、このサーバー自身（loopback）からだけです。")
