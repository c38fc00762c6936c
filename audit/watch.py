"""References that the review looks out for: staff and their households (R4, R5, R9), public figures (R8). No name is kept."""

from sqlalchemy import Column, String, Table, insert, select

import store
from audit import chain, log, refusal
from auth.access import NotAllowed, User

LISTS = ("職員", "職員の世帯", "同姓・近隣", "要人")
OWN = ("職員", "職員の世帯")  # closed to that account

WATCHED = Table(
    "watched_person",
    store.metadata,
    Column("list", String(20), primary_key=True),
    Column("account", String(80), primary_key=True),  # whose own, household's or neighbour's record; empty for 要人
    Column("atena_ref", String(40), primary_key=True),
    Column("added_at", String(24), nullable=False),
)


def add(user: User, which: str, account: str, atena_ref: str) -> None:
    """Put one reference on a list, recorded first. A second time does nothing more. Raises NotAllowed, AuditUnavailable."""
    refusal.check_allowed(user, "audit.watch")
    if which not in LISTS or (which == "要人") != (account == ""):
        raise NotAllowed("名簿の種類と利用者IDを確かめてください。要人には利用者IDを付けません。")
    log.append(actor=user.name, action="watch.add", atena_refs=[atena_ref], detail={"list": which, "account": account})
    row = {"list": which, "account": account, "atena_ref": atena_ref}
    with store.engine().begin() as connection:
        there = select(WATCHED.c.list).where(*(WATCHED.c[name] == value for name, value in row.items()))
        if connection.execute(there).first() is None:
            connection.execute(insert(WATCHED).values({**row, "added_at": chain.utc_text()}))


def own(account: str) -> frozenset[str]:
    """The references of one member of staff and their household: nobody works on their own case (評価書 Ⅲ-3 リスク2)."""
    with store.engine().connect() as connection:
        read = select(WATCHED.c.atena_ref).where(WATCHED.c.account == account, WATCHED.c.list.in_(OWN))
        return frozenset(connection.execute(read).scalars())


def everyone() -> list[tuple[str, str, str]]:
    """(list, account, atena_ref) of all."""
    with store.engine().connect() as connection:
        return [tuple(row) for row in connection.execute(select(WATCHED.c.list, WATCHED.c.account, WATCHED.c.atena_ref))]
