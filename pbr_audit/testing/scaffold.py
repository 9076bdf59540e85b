"""The beginning of a new rule: a file that works, its page, and the four cases that every rule has."""

import re
from collections.abc import Iterator
from pathlib import Path

from pbr_audit.errors import UsageError
from pbr_audit.rule.header import ID_FORM

NAME_FORM = re.compile(r"^[A-Za-z][A-Za-z0-9_]*$")

PAGE = """A claim's outcome is dated on a Sunday.

What it flags
-------------
A live claim of the prime tier whose outcome is dated on a Sunday.

Method
------
The weekday of the outcome's date is compared with Sunday.

Example
-------
An outcome dated 1 May 2016, which was a Sunday, is a query; one dated 2 May 2016 is not.

Why ask
-------
Say here what would have gone wrong, and for whom, if the answer to the question were yes.

Innocent explanations
---------------------
Many jobs begin, and many shifts are worked, on a Sunday.

Not flagged
-----------
1. Claims that are rejected, withdrawn, reversed or superseded.
2. Claims below the amount that is worth a question (the parameter `least_pence`).

Assumptions
-----------
The date is the day on which the outcome was achieved, not the day on which it was keyed in.

Ask for
-------
The document that shows the date of the outcome.

Source
------
Say here where the rule comes from: a contract's clause, an audit report, a question that somebody asked.
"""

PYTHON = '''"""{page}"""

import polars as pl

from pbr_audit.rule import Needs, Param, Params, Rule, View

RULE = Rule(
    id="{id}",
    version=1,
    title="{title}",
    family="timing",
    severity="info",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by="claim_id",
    needs=Needs(required={{"claims": ("claim_id", "outcome_date", "amount_pence")}}),
    params={{
        "least_pence": Param(0, unit="pence", low=0, why="every amount is worth a question"),
    }},
    message="The outcome is dated {{outcome_date}}, a Sunday.",
)
SUNDAY = 7


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return every live prime claim, flagged where its outcome is dated on a Sunday."""
    on_a_sunday = pl.col("outcome_date").dt.weekday() == SUNDAY
    worth_asking = pl.col("amount_pence") >= p.least_pence  # (2)
    return view.claims.select(
        "claim_id",
        "outcome_date",
        flagged=on_a_sunday & worth_asking,
        at_risk_pence="amount_pence",
    )
'''

TOML = '''id = "{id}"
version = 1
title = "{title}"
family = "timing"
severity = "info"
basis = "record"
subject = "claim"
key = ["claim_id"]
table = "claims"
when = "weekday(outcome_date) = 7 and amount_pence >= :least_pence"
message = "The outcome is dated {{outcome_date}}, a Sunday."
page = """
{page}"""

[params.least_pence]
value = 0
unit = "pence"
low = 0
why = "every amount is worth a question until a budget says otherwise"
'''

CASES = {
    "flagged": '''says = "An outcome dated on a Sunday is a query; the whole amount is at risk."

[tables]
claims = """
| claim_id | outcome_date |
| F1       | 2016-05-01   |
| C1       | 2016-05-02   |
"""

[expect]
findings = """
| subject_id | severity | amount_at_risk | claim_ids |
| F1         | info     | 1200.00        | F1        |
"""
examined = 2
''',
    "clear": '''says = "An outcome dated on a Monday is no query, nor is a rejected claim."

[tables]
claims = """
| claim_id | outcome_date | status   |
| C1       | 2016-05-02   | paid     |
| X1       | 2016-05-01   | rejected |
"""

[expect]
answer = "clear"
examined = 1
''',
    "boundary_least_pence": '''says = "A claim of exactly the least amount is a query, a penny less is not."

[params]
least_pence = 120000

[tables]
claims = """
| claim_id | outcome_date | amount  |
| F1       | 2016-05-01   | 1200.00 |
| C1       | 2016-05-01   | 1199.99 |
"""

[expect]
findings = """
| subject_id | severity | amount_at_risk | claim_ids |
| F1         | info     | 1200.00        | F1        |
"""
examined = 2
''',
    "not_assessable": """says = "Without claims there is nothing to ask about."

[expect]
answer = "not assessable: there is no claims table"
""",
}


def write_rule(rule_id: str, name: str, *, chapter: str, into: Path, toml: bool) -> Iterator[Path]:
    """Write rule and cases, and yield each file; UsageError where id or name are malformed or taken."""
    if not ID_FORM.match(rule_id):
        raise UsageError(
            f"{rule_id}: a rule's id is three to six capitals and three or four digits, like ABC1234"
        )
    for part in (name, chapter):
        if not NAME_FORM.match(part):
            raise UsageError(f"{part}: a name here is letters, digits and underscores, like sunday_claims")
    stem = f"{rule_id}_{name}"
    rule = into / "rules" / chapter / f"{stem}.{'toml' if toml else 'py'}"
    taken = sorted((into / "rules").rglob(f"{rule_id}_*"))
    if taken:
        raise UsageError(f"{taken[0]}: has the id {rule_id} already; choose another")
    title = name.replace("_", " ").capitalize()
    text = (TOML if toml else PYTHON).format(id=rule_id, title=title, page=PAGE)
    folder = into / "fixtures" / "rules" / chapter / stem
    files = {rule: text} | {folder / f"{case}.toml": body for case, body in CASES.items()}
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        yield path
