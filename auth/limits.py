"""The city's limits by date (limits.toml): how old a training may be, how many people and inquiries a day, from which networks."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """What holds from `since` on, by role where limits.toml says so; a role it does not name gets nothing."""

    since: date
    reviewed_on: date
    training_days: int
    most_persons_a_day: dict[str, int]
    most_inquiries_a_day: dict[str, int]
    most_rows_a_chief_approves: int
    networks: dict[str, list[str]]


@lru_cache(maxsize=1)
def _every() -> tuple[Limits, ...]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(sorted((Limits(row.pop("from"), **row) for row in table["limits"]), key=lambda limits: limits.since))


def limits(day: date) -> Limits:
    """The limits of `day`; before the first row, the first."""
    return next((found for found in reversed(_every()) if found.since <= day), _every()[0])


def is_trained(training_on: str | None, day: date) -> bool:
    """Whether a training of that day (ISO text, None = none) still counts."""
    return training_on is not None and day <= date.fromisoformat(training_on) + timedelta(days=limits(day).training_days)


def is_inside(role: str, source: str, day: date) -> bool:
    """Whether somebody of this role may be at the address `source`."""
    networks = limits(day).networks.get(role, [])
    try:
        return "any" in networks or any(ip_address(source) in ip_network(network) for network in networks)
    except ValueError:
        return False
