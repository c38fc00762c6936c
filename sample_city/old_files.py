"""Every table of the old system that came after the first ones, and 国保's papers, of one block."""

import numpy as np
import polars as pl

from sample_city import insurance_papers
from sample_city.clock import NEVER
from sample_city.insured import Insured
from sample_city.old_assets import asset_tables
from sample_city.old_block import OldBlock
from sample_city.old_graces import grace_tables
from sample_city.old_heirs import heir_tables
from sample_city.old_papers import desk_tables, paper_tables
from sample_city.proceeds import allocation_table, security_table


def old_tables(block: OldBlock, notes: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """猶予, 文書, 財産, 充当, 相続 and the small records of the desk; `notes` is 記事."""
    graces, allocations = grace_tables(block), allocation_table(block)
    return {**graces, **paper_tables(block, graces["grace"]), **desk_tables(block, notes), "allocation": allocations,
            "entrusted_security": security_table(block), **asset_tables(block, allocations), **heir_tables(block)}


def insurance_tables(block: OldBlock, spells: Insured) -> dict[str, pl.DataFrame]:
    """証交付, 証交付履歴 and 特別療養費."""
    draw, people = block.draw, block.people
    oldest = np.full(people.size.size, NEVER)
    np.minimum.at(oldest, block.open_home, block.bills.due[block.open_at])
    benefits = insurance_papers.special_benefits(draw, spells, oldest < NEVER, oldest)
    return {"special_benefit": insurance_papers.benefit_table(draw, people, benefits),
            **insurance_papers.card_tables(draw, people, spells, benefits)}
