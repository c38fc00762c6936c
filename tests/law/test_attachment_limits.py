"""差押禁止, 超過, 無益, 公売の待ち and 配当."""

from datetime import date

import pytest
from golden_rows import day
from hypothesis import given, settings
from hypothesis import strategies as st

from law.attachment_limits import Asset, excess, futility, protected_assets, public_sale
from law.distribution import Claim, ClaimUnclear, explain

ON = date(2026, 11, 23)


def test_the_list_of_what_may_not_be_attached():
    kinds = {kind: len(protected_assets(ON, kind)) for kind in ("絶対", "給料等", "条件付", "他法")}
    assert kinds == {"絶対": 13, "給料等": 2, "条件付": 3, "他法": 11}
    assert len(protected_assets(ON)) == sum(kinds.values())
    assert {a.article for a in protected_assets(ON) if a.asset == "児童手当"} == {"児童手当法15条"}


@pytest.mark.parametrize(
    ("price", "cost", "prior", "holds"),
    [(1_000_000, 50_000, 950_000, False), (1_000_001, 50_000, 950_000, True), (10_000, 50_000, 0, False)],
)
def test_futility_needs_more_than_costs_and_prior_claims(price, cost, prior, holds):
    found = futility(Asset("土地", price, prior), cost, ON)
    assert found.holds is holds
    assert "48条2項" in found.article
    assert f"{price - cost - prior:,}円" in found.sentence


@pytest.mark.parametrize(
    ("assets", "holds", "names"),
    [
        ([Asset("土地", 5_000_000)], True, ""),  # 1つしかない不動産は分けられない
        ([Asset("土地", 5_000_000), Asset("自動車", 300_000)], False, "自動車"),
        ([Asset("土地", 5_000_000, prior_yen=4_950_000), Asset("自動車", 300_000)], True, ""),
        ([Asset("預金", 500_000, is_claim=True)], True, "預金: 債権は全額の差押えが原則"),
        ([Asset("預金", 200_000, is_claim=True)], True, "超過に当たらない"),
        (
            [Asset("預金", 400_000, is_claim=True), Asset("売掛金", 350_000, is_claim=True)],
            False,
            "預金・売掛金 を外せる",
        ),
    ],
)
def test_excess_names_what_can_be_spared(assets, holds, names):
    found = excess(assets, 310_000, 20_000, ON)
    assert found.holds is holds
    assert names in found.sentence
    assert "330,000円" in found.sentence


@pytest.mark.parametrize(
    ("levy_kind", "is_contested", "decided_on", "is_waiting", "final_on"),
    [
        ("料", False, None, True, "2027-02-11"),
        ("料", True, None, True, None),
        ("料", True, "2027-08-01", False, "2027-08-02"),
        ("税", False, None, False, "2026-11-10"),
        ("税", True, None, True, None),
    ],
)
def test_the_sale_waits_until_the_attachment_is_final(
    levy_kind, is_contested, decided_on, is_waiting, final_on
):
    found = public_sale(date(2026, 11, 10), levy_kind, is_contested, decided_on and day(decided_on))
    assert (found.is_waiting, found.final_on and str(found.final_on)) == (is_waiting, final_on)


def claim(text):
    """`name class yen basis_date claimed_on`"""
    name, claim_class, yen, *dates = text.split()
    return Claim(name, claim_class, int(yen), *(None if d == "-" else day(d) for d in dates))


TABLE = """
わけ                       | 代金 | 債権                                                                                              | 配当
費用が先                   | 100  | 処分費 滞納処分費 30 ; 県 税（交付要求） 90 2024-01-31                                            | 処分費 30, 県 70
税は公課に先立つ           | 100  | 市 公課（差押） 80 2023-01-31 ; 国 税（交付要求） 70 2025-01-31                                   | 国 70, 市 30
古い抵当は税に先立つ       | 100  | 市 公課（差押） 80 2024-06-30 ; 甲 担保付債権 70 2020-05-01                                       | 市 30, 甲 70
同じ日の抵当も税に先立つ   | 100  | 市 公課（差押） 80 2024-06-30 ; 甲 担保付債権 70 2024-06-30                                       | 市 30, 甲 70
新しい抵当は税に後れる     | 100  | 市 公課（差押） 80 2024-06-30 ; 甲 担保付債権 70 2025-05-01                                       | 市 80, 甲 20
差押先着手                 | 100  | 国 税（差押） 60 2025-01-31 ; 県 税（交付要求） 80 2023-01-31                                     | 国 60, 県 40
交付要求先着手             | 100  | 国 税（交付要求） 60 2023-01-31 2026-06-02 ; 県 税（交付要求） 80 2025-01-31 2026-06-01           | 県 80, 国 20
担保を徴した税が先         | 100  | 国 税（差押） 60 2023-01-31 ; 県 税（担保） 80 2025-01-31                                         | 県 80, 国 20
回り: 26条・14条の20       | 100  | 国 税（差押） 60 2025-01-31 ; 甲 担保付債権 50 2024-06-01 ; 市 公課（交付要求） 40 2023-01-31     | 国 50, 市 0, 甲 50
残りは滞納者へ             | 200  | 市 公課（差押） 80 2024-06-30                                                                     | 市 80
"""


@pytest.mark.parametrize("line", TABLE.strip().splitlines()[1:])
def test_who_gets_what(line):
    _, proceeds, claims, expected = [cell.strip() for cell in line.split("|")]
    found = explain(int(proceeds), [claim(text) for text in claims.split(";")], ON)
    assert ", ".join(f"{share.name} {share.yen}" for share in found.shares) == expected
    assert found.remainder_yen == int(proceeds) - sum(share.yen for share in found.shares)
    assert all(share.article for share in found.shares)
    assert "国税徴収法129条" in found.steps[-1]


def test_what_is_unclear_is_refused():
    for claims, complaint in (
        ([Claim("甲", "一般債権", 10, ON)], "一般債権"),
        ([Claim("国", "税（差押）", 10)], "法定納期限等"),
        ([Claim("国", "税（差押）", -1, ON)], "負"),
    ):
        with pytest.raises(ClaimUnclear, match=complaint):
            explain(100, claims, ON)


CLASSES = (
    "滞納処分費",
    "税（担保）",
    "税（差押）",
    "税（交付要求）",
    "公課（差押）",
    "公課（交付要求）",
    "担保付債権",
)
CLAIMS = st.lists(
    st.builds(
        Claim, st.text("甲乙丙", max_size=2), st.sampled_from(CLASSES), st.integers(0, 500), st.dates()
    ),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1_500), CLAIMS)
def test_no_yen_is_lost_and_nobody_gets_more_than_owed(proceeds, claims):
    found = explain(proceeds, claims, ON)
    assert sum(share.yen for share in found.shares) + found.remainder_yen == proceeds
    assert all(0 <= share.yen <= share.owed_yen for share in found.shares)
    assert found.remainder_yen == max(0, proceeds - sum(c.yen for c in claims))
