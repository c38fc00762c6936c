"""Who the people of the stories are: 宛名システム's rows of their households, and their 国保資格."""

import polars as pl

from sample_city.clock import NEVER, Clock
from sample_city.people import OUTSIDE
from sample_city.register import search_kana
from sample_city.relations import FIRST_BANK, LATEST
from sample_city.residents import STATES

FIRST = 9_900_000_000
HERE = {"address_kind": "市内", "sub_branch_code": 0, "last_branch_code": 0}
# A story's person was born in the city and never left it, unless the story says so.
USUAL = {"uses_common_name": 0, "common_name": None, "residence_ends_on": NEVER, "previous_municipality_code": None,
         "previous_postal_code": None, "previous_address": None, "forwarding_municipality_code": None,
         "forwarding_postal_code": None, "forwarding_address": None}


def head(story: dict) -> int:
    """宛名番号 of the household's head."""
    return FIRST + story["no"] * 10


def residents(story: dict, clock: Clock):
    """The rows of one household, as (table, row)."""
    town = ("6800942", "湖山町東", 27) if story["no"] % 2 else ("6800845", "富安二丁目", 18)
    names = [entry.split(":") for entry in (story["name"], *story["members"])]
    for place, (name, kana) in enumerate(names):
        person = _person(story, clock, town, place)
        yield "person", person | {"name": name, "name_kana": kana, "name_search_kana": _search(kana)}
        yield "nhi_eligibility", _eligibility(story, clock, place)
        yield "household_change", {
            "atena_number": head(story) + place, "household_number": head(story), "household_joined_on": person["birth_date"],
            "household_joined_reason": "出生", "household_left_on": person["removed_on"], "household_left_reason": person["removal_reason"]}
    yield "household", {"household_number": head(story), "head_atena_number": head(story), "member_count": len(names)}
    yield from _reached(story, clock, town, names)
    if "protection" in story:
        measure, days = story["protection"]
        yield "protection", {
            "atena_number": head(story), "measure": measure, "is_domestic_violence": int(measure == "DV"), "is_neglect": 0,
            "started_on": clock.first - days, "ended_on": NEVER} | LATEST


def _person(story: dict, clock: Clock, town: tuple, place: int) -> dict:
    state = story["state"] if place == 0 else "現住"
    since = clock.first - story["state_days"] if place == 0 and "state_days" in story else NEVER
    born = clock.last - 365 * (story["age"] if place < 2 else 24) - 40 * story.get("born_as", story["no"])
    gone = state if state in STATES[1:OUTSIDE] else None
    return {
        "atena_number": head(story) + place, "person_kind": "住登者", "birth_date": born, "sex": story.get("sexes", ["男", "女", "女"])[place],
        "postal_code": town[0], "town": town[1], "address_rest": story.get("address", f"{story['no']}番地1"), "ward_code": town[2],
        "address_code": 1_000 + town[2], "lot_code": story["no"], "branch_code": 1, "elementary_school_area": (town[2] - 1) // 2 + 1,
        "junior_high_school_area": (town[2] - 1) // 4 + 1, "household_number": head(story), "relation": story.get("relations", ["世帯主", "妻", "子"])[place],
        "resident_state": state, "state_changed_on": since, "change_reason": gone, "change_reported_on": since if gone == "死亡" else NEVER,
        "became_resident_on": born, "moved_in_on": born, "removed_on": since, "removal_reason": gone} | HERE | USUAL | LATEST | {
        f"{name}_address": story[name] for name in ("previous", "forwarding") if name in story}


def _eligibility(story: dict, clock: Clock, place: int) -> dict:
    lost = place == 0 and not story["current_year"]
    return {
        "atena_number": head(story) + place, "head_atena_number": head(story), "card_number": 99_000_000 + story["no"] * 10,
        "insured_kind": "一般", "change_reason": "喪失" if lost else "取得",
        "changed_on": clock.month_start[-13 if lost else 12], "head_since": clock.month_start[12],
        "acquired_on": clock.month_start[12], "acquired_reason": "社保離脱", "lost_on": clock.month_start[-13] if lost else NEVER,
        "lost_reason": "その他" if lost else None} | LATEST


def _reached(story: dict, clock: Clock, town: tuple, names: list[list[str]]):
    """連絡先 of the living, the account that pays or paid, and the heir who gets the dead's letters."""
    key, since = {"atena_number": head(story)}, clock.first - story.get("state_days", 0)
    if story["state"] == "現住":
        yield "contact", key | {"contact_no": 1, "contact_kind": "携帯", "phone": f"090-0999-{story['no']:04d}", "contact_person": None,
                                "contact_set_on": clock.month_start[12], "from_day": 0}
    if story["method"] == "口座振替":
        yield "bank_account", key | {
            "business": "国保料", "account_use": "振替", "account_applied_on": clock.month_start[11], "usable_from": clock.month_start[12],
            "account_closed_reason": None, "account_closed_on": NEVER, "bank_code": FIRST_BANK, "account_kind": "普通",
            "account_number": 9_000_000 + story["no"], "holder_kana": names[0][1], "holder_name": names[0][0], "account_phone": None,
            "payment_kind": "期別", "has_transfer_notice": 1} | LATEST
    if "mail_to_heir" in story:
        name, kana = names[1]
        yield "related_party", key | {"party_kind": "相続人代表", "party_atena_number": head(story) + 1, "appointed_on": since + 20,
                                      "dismissed_on": NEVER} | LATEST
        yield "mailing_address", key | HERE | {
            "business": "国保料", "addressee_name": name, "addressee_kana": kana, "addressee_search_kana": _search(kana),
            "addressee_atena_number": head(story) + 1, "postal_code": town[0], "address_code": 1_000 + town[2], "lot_code": story["no"],
            "branch_code": 1, "address": f"鳥取県いなば市{town[1]}{story['no']}番地1", "setting_reason": "相続人", "valid_from": since + 20,
            "abolished_reason": None, "valid_to": NEVER, "returned_on": NEVER} | LATEST


def _search(kana: str) -> str:
    return search_kana(pl.Series([kana]))[0]
