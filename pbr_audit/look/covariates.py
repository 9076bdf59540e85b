"""The further columns of a cohort, or of referrals: which of them people are to be compared on."""

import re
from collections.abc import Iterator

from pbr_audit.look.facts import Facts
from pbr_audit.look.section import Section
from pbr_audit.look.sensitive import PRIVATE

NUMBERS = ("whole number", "number", "amount")
# A header that can be a covariate's name as it stands.
COVARIATE = re.compile(r"[a-z][a-z0-9_]{0,62}")
WHEN = {"cohort": "before", "referrals": "before it was decided whom to take"}


def may_be_covariate(table: str, facts: Facts) -> bool:
    """Tell whether a further column may be one that people are compared on.

    Of a cohort every column may: a pool is an exchange without names. Of referrals those that identify a
    person may not; what is nobody else's business is what people differ in.
    """
    wanted = table == "cohort" or (table in WHEN and facts.sensitive in (None, PRIVATE))
    return wanted and COVARIATE.fullmatch(facts.header) is not None


def covariates(section: Section) -> Iterator[str]:
    """Ask which other columns people are to be compared on, where somebody compares them."""
    found = {
        facts.header: "number" if facts.kind in NUMBERS else "category"
        for source in section.sources
        for facts in source.unused
        if may_be_covariate(section.table, facts)
    }
    if not found and section.table != "cohort":
        return
    when = WHEN[section.table]
    yield ""
    yield f"[tables.{section.table}.covariates]"
    yield f"# What was known of people {when}: take the # away from what they are to be compared on."
    yield from (f'# {name} = "{kind}"' for name, kind in found.items())
