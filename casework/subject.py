"""The person a command is about."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """A person as data_access hands it to a page after its scope check; never built from what a browser sent."""

    atena_number: str
    atena_ref: str
    district_code: str
    installments: frozenset[str] = frozenset()  # 通知書番号-期別 of every installment that is theirs
    suspects: frozenset[tuple[str, str]] = frozenset()  # (evidence, 宛名番号) of every suspected duplicate not decided yet
    flashed: frozenset[str] = frozenset()  # those of them with a 速報: paid, and not booked yet
    unpaid: frozenset[tuple[str, int]] = frozenset()  # (通知書番号-期別, 未納の円) of every installment that is theirs
    extinct: frozenset[str] = frozenset()  # those of them that 時効 has ended, with nothing left for a person to see
    missed_days: int = 0  # open days whose feeds are missing: what was paid since is not known
