"""What a rule's author imports, and nothing more: `from pbr_audit.rule import Rule, Needs, Param`."""

from pbr_audit.periods import days_to_quarter_end
from pbr_audit.rule.header import WHOLE, Needs, NotAssessable, Param, Params, Rule
from pbr_audit.rule.loaded import LoadedRule
from pbr_audit.rule.message import fields, sentence
from pbr_audit.rule.page import HEADINGS, Page, read_page
from pbr_audit.rule.view import View

__all__ = [
    "HEADINGS",
    "WHOLE",
    "LoadedRule",
    "Needs",
    "NotAssessable",
    "Page",
    "Param",
    "Params",
    "Rule",
    "View",
    "days_to_quarter_end",
    "fields",
    "read_page",
    "sentence",
]
