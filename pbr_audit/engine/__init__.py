"""Runs rules: each gives findings, a clear answer with the number examined, or why it is not assessable.

The engine names no rule. It hands each one its view, keeps a rule that raises from stopping the others,
and turns the rows that a rule returned into findings.
"""

from pbr_audit.engine.answering import ask, first_answer
from pbr_audit.engine.asking import run, why_unasked
from pbr_audit.engine.assembly import assemble
from pbr_audit.engine.correcting import SCREENED_BELOW, corrected
from pbr_audit.engine.outcome import Answer, Outcome, RuleDefect, coverage, list_of_tests
from pbr_audit.engine.telling import what_failed

__all__ = [
    "SCREENED_BELOW",
    "Answer",
    "Outcome",
    "RuleDefect",
    "ask",
    "assemble",
    "corrected",
    "coverage",
    "first_answer",
    "list_of_tests",
    "run",
    "what_failed",
    "why_unasked",
]
