"""執行停止候補 of one person: the evidence with what is missing, the 期別 with both ends of a 停止, and what the household lives on."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from auth.access import User
from data_access.query import ask
from law.hardship import GONE, Hardship, Household, Line
from law.hardship import explain as explain_hardship
from law.screening import remedy
from law.screening_contradiction import Contradiction, named
from law.screening_settings import record_rules
from law.suspension import Duty, immediate_grounds, immediate_item
from law.suspension import explain as explain_suspension
from law.suspension_watch import Held, against

ENDS = {"three_years_on": pl.Date, "ends_on": pl.Date, "ended_by": pl.String}
AGAINST = {"sign": pl.String, "against": pl.String, "happened_on": pl.Date, "yen": pl.Int64, "evidence_id": pl.String}
MEANS = {"勤務先", "土地・家屋", "車両", "財産調査"}  # what could be seized, if it is there; an income and a payment are past
STEP_ROWS = {"item": pl.String, "yen": pl.Int64, "reckoning": pl.String, "article": pl.String}


@dataclass(frozen=True)
class SuspensionCase:
    """`hardship` is None where the household's income is not shown to the reader, and of whom lives nowhere any more (`gone`: 死亡 or
    職権消除, else None). `agrees`: the snapshot says the same of it.
    `against`: what the records say against it, newest first. `duties`: what follows a 停止, with its article. `at_once`: the grounds on
    which this 号 may be extinguished at once, name → (what it means, article); none for the others."""

    evidence: pl.DataFrame
    against: pl.DataFrame
    installments: pl.DataFrame
    hardship: Hardship | None
    steps: pl.DataFrame
    agrees: bool
    duties: tuple[Duty, ...]
    at_once: dict[str, tuple[str, str]]
    gone: str | None = None

    @property
    def lacking(self) -> list[str]:
        """資料：当てはめ of every criterion that no record meets, of the 場合 that comes nearest."""
        return lacking(self.evidence)

    @property
    def is_household_no_record(self) -> bool:
        """Is the household reckoned, and yet no record for the criterion 家計: whoever has moved out lives by what is not known here."""
        return self.hardship is not None and self.hardship.line is not Line.UNKNOWN and self.evidence.filter(target="家計", finding="資料なし").height > 0

    @property
    def suggests_welfare(self) -> bool:
        return self.hardship is not None and self.hardship.line is Line.BELOW


def lacking(evidence: pl.DataFrame) -> list[str]:
    """資料：当てはめ of every criterion of one 号 (suspension_evidence) that is neither met nor refuted, of the 場合 with the most that are met."""
    if evidence.is_empty():
        return []
    met = evidence.group_by("clause", maintain_order=True).agg((pl.col("finding") == "満たす").sum().alias("met"), (pl.col("finding") == "反証").any().alias("refuted"))
    nearest = met.sort("refuted", "met", descending=[False, True], maintain_order=True)["clause"][0]
    own = evidence.filter(pl.col("clause") == nearest, ~pl.col("finding").is_in(["満たす", "反証"]))
    return [f"{row['target']}：{row['finding']}" for row in own.iter_rows(named=True)]


def suspension_case(user: User, atena_ref: str, ground: str, as_of: date) -> SuspensionCase:
    """Everything a person needs to decide on one 号, as if it were suspended on `as_of`. Raises NotAllowed as `ask` does."""
    household = ask(user, "suspension_hardship", atena_ref=atena_ref)
    gone = next((state for state in household["resident_state"] if state in GONE), None)
    hardship = None if gone else _hardship(household, as_of)
    installments = ask(user, "suspension_installments", atena_ref=atena_ref)
    item = int(ground.removesuffix("号"))
    steps = [(step.item, step.yen, step.sentence, step.article) for step in hardship.steps] if hardship else []
    return SuspensionCase(
        _with_remedies(ask(user, "suspension_evidence", atena_ref=atena_ref, ground=ground), as_of),
        speaking_against(user, atena_ref, ground, as_of),
        _with_ends(installments, ground, as_of),
        hardship,
        pl.DataFrame(steps, schema=STEP_ROWS, orient="row"),
        hardship is None or (hardship.line, hardship.monthly_yen, hardship.limit_yen) == household.select("line", "monthly_yen", "limit_yen").row(0),
        explain_suspension(item, as_of, None, has_attachment=installments["disposition_kind"].count() > 0).duties,
        immediate_grounds(as_of) if item == immediate_item(as_of) else {},
        gone,
    )


def speaking_against(user: User, atena_ref: str, ground: str, as_of: date, *, is_masked: bool = False) -> pl.DataFrame:
    """反する資料, newest first: sign, against (what it means), happened_on, yen, evidence_id. Raises NotAllowed as `ask` does."""
    known = [Held(**row) for row in ask(user, "suspension_against", atena_ref=atena_ref, is_masked=is_masked).iter_rows(named=True)]
    return pl.DataFrame([(sign.sign, sign.meaning, sign.happened_on, sign.yen, sign.evidence_id) for sign in against(known, ground, as_of)],
                        schema=AGAINST, orient="row")


def against_counts(user: User, candidates: pl.DataFrame, as_of: date) -> list[tuple[int, int]]:
    """How many 反する資料 each row (atena_ref, ground) of one page of suspension_candidates has, and how many of them tell of
    something to seize (MEANS). Raises NotAllowed as `ask` does."""
    rows = ask(user, "suspension_against_list", refs=sorted(set(candidates["atena_ref"]))) if candidates.height else None
    known: dict[str, list[Held]] = {}
    for row in rows.iter_rows(named=True) if rows is not None else ():
        known.setdefault(row.pop("atena_ref"), []).append(Held(**row))
    found = [against(known.get(ref, ()), ground, as_of) for ref, ground in candidates.select("atena_ref", "ground").iter_rows()]
    return [(len(signs), sum(sign.sign in MEANS for sign in signs)) for signs in found]


def release_due(installments: pl.DataFrame) -> tuple[Duty, ...]:
    """What 15条の7第3項 asks for the suspended among `installments` (of case_installments) that are still attached; mostly nothing."""
    held = installments.filter(pl.col("suspension_ground").is_not_null() & pl.col("disposition_kind").is_not_null())
    stopped = set(held.select("suspension_ground", "suspended_on").iter_rows())
    found = [explain_suspension(int(ground.removesuffix("号")), on, None, has_attachment=True).duties for ground, on in stopped]
    without = [explain_suspension(int(ground.removesuffix("号")), on, None).duties for ground, on in stopped]
    return tuple({duty for duties in found for duty in duties} - {duty for duties in without for duty in duties})


def _with_remedies(evidence: pl.DataFrame, as_of: date) -> pl.DataFrame:
    rules = record_rules(as_of)
    told = [remedy(rules[row["target"]], row["finding"], row["evidence_id"], row["age_days"], _contradiction(row, as_of)) for row in evidence.iter_rows(named=True)]
    return evidence.with_columns(pl.Series("how", told, dtype=pl.String))


def _contradiction(row: dict, as_of: date) -> Contradiction | None:
    """The newer record of one row of suspension_evidence; None where there is none, or the reader may not know of it."""
    if row["contradiction"] is None:
        return None
    return named(row["target"], row["contradiction"], row["contradicted_on"], row["contradiction_id"], as_of)


def _with_ends(installments: pl.DataFrame, ground: str, as_of: date) -> pl.DataFrame:
    """The three years of a 停止 decided on `as_of` beside the 時効, and which comes first."""
    item = int(ground.removesuffix("号"))
    found = [explain_suspension(item, as_of, row["prescription_on"], row["levy_kind"]) for row in installments.iter_rows(named=True)]
    ends = pl.DataFrame([{name: getattr(each, name) for name in ENDS} for each in found], schema=ENDS)
    return installments.hstack(ends)


def _hardship(household: pl.DataFrame, as_of: date) -> Hardship | None:
    known = household.drop_nulls("member_count")
    if known.is_empty():
        return None
    row = known.row(0, named=True)
    return explain_hardship(Household(row["member_count"], row["recorded_count"], row["revenue_yen"], row["dependant_count"]), as_of)
