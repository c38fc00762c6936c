"""Which markers an account may hold: its role reads the class, the person is in its districts and not protected, or was
revealed to it. Whatever is found and is not here has leaked."""

from collections.abc import Iterable, Mapping

from auth.access import User, clearance, scope
from data_access import connection
from data_access.contract import tables
from tests.canary.city import SENSITIVE, Marks, Place

# What a masked class still shows (C2: the 町名, as the lists do), and what a class that is read holds back without C2.
SHOWN_MASKED = {("person", "town")}
NEEDS_C2 = {("property_tax_land", "lot_number")}


def class_of(place: Place) -> str:
    """The column class that guards a place."""
    found = tables()[place[0]].column(place[1]).sensitivity
    return found if found in SENSITIVE else "C1"  # a key that is sensitive elsewhere


def allowed(marks: Marks, user: User, revealed: Mapping[str, Iterable[str]]) -> set[str]:
    """The markers that may have reached `user`; `revealed`: 宛名番号 → the classes opened for this account."""
    seen, held = _in_sight(user), clearance(user)
    beside = _with_household(seen)

    def may(place: Place, owners: set[str]) -> bool:
        name = class_of(place)
        reads = held[name] == "read" or (place in SHOWN_MASKED and held[name] == "masked")
        if place in NEEDS_C2:
            reads = reads and held["C2"] == "read"
        near = beside if place[0] == "person" else seen
        return (reads and bool(owners & near)) or any(name in revealed.get(owner, ()) for owner in owners)

    return {marker for marker, places in marks.owners.items() if any(may(place, owners) for place, owners in places.items())}


def _in_sight(user: User) -> set[str]:
    """宛名番号 of everybody in the districts of `user` who is not protected."""
    if scope(user) == "none":
        return set()
    found = connection.engine().connection.cursor().execute("select atena_number, district_code from serving.place where not is_protected").fetchall()
    return {number for number, district in found if scope(user) == "all" or district in user.districts}


def _with_household(seen: set[str]) -> set[str]:
    """Those and who lives with them: a case names its household. A protected person's household is protected whole."""
    homes = connection.engine().connection.cursor().execute("select atena_number, household_number from source.person where household_number is not null").fetchall()
    home = dict(homes)
    shared = {home[number] for number in seen if number in home}
    return seen | {number for number, household in homes if household in shared}
