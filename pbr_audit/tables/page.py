"""The human-readable page of the standard: each table with its columns, units and examples."""

from pbr_audit.tables.registry import TABLES, Column, Table

_HEAD = """\
# The claims standard, version {version}: tables

Generated from the table models; `python -m pbr_audit.tables.descriptor` writes it anew.

A `*` marks a required column. Every other column may be absent, and a cell of it may be empty. Text is UTF-8
and is trimmed; an empty cell is null. *Personal* marks what identifies or describes a person.

| type | how a cell is written |
| --- | --- |
| text | as it is; ids stay text, so leading zeros are kept |
| choice | one of the words listed; *closed* lists are enforced, other lists are the words that rules know |
| date | `YYYY-MM-DD` |
| datetime | `YYYY-MM-DDTHH:MM`, seconds optional, `T` or a space; a date alone is its midnight; no offset |
| number | `182`, `-0.5`, `1.5e3`; no thousands separator |
| integer | `412` or `412.0` |
| money | `1234.50`: at most two decimals, no currency sign, no thousands separator |

Rejected is a row in which a required cell is empty, a cell cannot be read as its type, a word is outside a
closed list, or a unique column repeats. Of identical rows the first is kept; of rows that share an id and
differ, none. Everything else, however implausible, is accepted and left to the rules.
"""

_RUN = """\
## What a run writes besides

The standard names the files of a run and their columns. This program adds what follows; a reader who does not
know it may leave it out.

`coverage.csv`: `tests_run`, `tests_abstained`, `discoveries` and `expected_false_leads` (the false discovery
rate times the discoveries) of a statistical rule; empty of the others.

`tests.csv`: every statistical test of the list that is fixed beforehand. `rule_id`, `contract_id`,
`provider_id`, `subject_id` and `period` say what was tested; a rule that made no test has one row, with its
id alone.

| column | meaning |
| --- | --- |
| `status` | `tested`, `abstained`; of a rule that made no test, its status in `coverage.csv` |
| `reason` | why a test abstained, or the rule made none |
| `p_value` | one-sided, on the side that is paid |
| `q_value` | the false discovery rate over the run; empty where nothing at the provider stands out |
| `effect` | in the rule's own unit |
| `smallest_seen` | the smallest true shift, in that unit, that would have been found four times in five |
| `providers_compared` | how many providers were held against each other |
| `discovered` | whether it is a finding |

In `audit.toml`, `[statistics]` may set `false_discovery_rate` (0.05): the share of the discoveries that may
be chance on average.
"""


def page(version: str) -> str:
    """Return the page in Markdown."""
    sections = (_section(table) for table in TABLES.values())
    return "\n".join([_HEAD.format(version=version), *sections, _RUN])


# What columns alone do not say.
_NOTES = {
    "cohort": (
        "Covariates, what people are compared on, are further columns of the same file: what was known "
        "before, and nothing that the programme may have changed. `[tables.cohort.covariates]` names "
        'each as `"number"` or `"category"`. A person without a number is left out and counted; an empty '
        "category is a level of its own. Yes and no may also be written `1` and `0`, `yes` and `no`. Where "
        "treated people and pool are files of their own, `[comparison] pool` names those of the pool, and "
        "`treated` may be absent. `pbr-audit compare` reads this table; no rule does."
    ),
    "referrals": (
        "What was known of people when it was decided may stand in further columns, covariates: "
        '`[tables.referrals.covariates]` in `audit.toml` names each as `"number"` or `"category"`. They are '
        "described beside the risk score where a provider accepted easier people than its peers (PBR601). A "
        "row without a number is left out of that number and counted; an empty category is a level of its "
        "own. Nothing tells whether a covariate was recorded before the decision: name only those that were."
    ),
}


def _section(table: Table) -> str:
    rows = [
        f"| `{column.name}`{'*' if column.required else ''} | {_type(column)} | {column.unit} "
        f"| `{column.example}` | {_meaning(column)} |"
        for column in table.columns.values()
    ]
    head = ["| column | type | unit | example | meaning |", "| --- | --- | --- | --- | --- |"]
    notes = [_NOTES[table.name], ""] if table.name in _NOTES else []
    return "\n".join([f"## {table.name}", "", table.description, "", *notes, *head, *rows, ""])


def _type(column: Column) -> str:
    words = ", ".join(f"`{choice}`" for choice in column.choices)
    kind = f"{'closed ' if column.closed else ''}choice: {words}" if column.choices else column.kind
    return kind + (", unique" if column.unique else "")


def _meaning(column: Column) -> str:
    remarks = [column.description]
    if column.unless is not None:
        remarks.append(f"Required unless {column.unless}.")
    if column.sensitive:
        remarks.append("*Personal.*")
    return " ".join(remarks)
