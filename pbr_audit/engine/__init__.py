"""Runs rules: each gives findings, a clear answer with the number examined, or why it is not assessable.

The engine names no rule. It hands each one its view, keeps a rule that raises from stopping the others,
and turns the rows that a rule returned into findings.
"""

from pbr_audit.engine.asking import ask, run
from pbr_audit.engine.assembly import assemble
from pbr_audit.engine.outcome import Answer, Outcome, RuleDefect, coverage

__all__ = ["Answer", "Outcome", "RuleDefect", "ask", "assemble", "coverage", "run"]
