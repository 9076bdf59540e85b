"""The further columns of a cohort, asked about: which of them people are to be compared on."""

import re
from collections.abc import Iterator

from pbr_audit.look.section import Section

NUMBERS = ("whole number", "number", "amount")
# A header that can be a covariate's name as it stands.
COVARIATE = re.compile(r"[a-z][a-z0-9_]{0,62}")


def covariates(section: Section) -> Iterator[str]:
    """Ask which other columns of a cohort people are to be compared on."""
    if section.table != "cohort":
        return
    found = {
        facts.header: "number" if facts.kind in NUMBERS else "category"
        for source in section.sources
        for facts in source.unused
        if COVARIATE.fullmatch(facts.header)
    }
    yield ""
    yield "[tables.cohort.covariates]"
    yield "# What was known of people before: take the # away from what they are to be compared on."
    yield from (f'# {name} = "{kind}"' for name, kind in found.items())
