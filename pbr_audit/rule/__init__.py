"""What a rule's author imports, and nothing more: `from pbr_audit.rule import Rule, Needs, Param`."""

from pbr_audit.periods import days_to_quarter_end, period_end
from pbr_audit.rule import pictures
from pbr_audit.rule.days import days_from, days_in_words
from pbr_audit.rule.draws import Draws
from pbr_audit.rule.header import STATISTICAL, WHOLE, Needs, NotAssessable, Param, Params, Rule
from pbr_audit.rule.held_back_rows import held_back_as_rows
from pbr_audit.rule.holidays import is_day_off
from pbr_audit.rule.loaded import LoadedRule
from pbr_audit.rule.message import fields, sentence
from pbr_audit.rule.mix_shares import shares_given_mix
from pbr_audit.rule.only_contract import only_contract
from pbr_audit.rule.page import HEADINGS, Page, read_page
from pbr_audit.rule.paid_days import with_paid_days
from pbr_audit.rule.peers_shares import shares_as_rows, with_funnels
from pbr_audit.rule.terms_of import NO_CLIENT, NOT_IN_TERMS, OUTCOME, VERSION, in_force, with_terms
from pbr_audit.rule.view import View

__all__ = [
    "HEADINGS",
    "NOT_IN_TERMS",
    "NO_CLIENT",
    "OUTCOME",
    "STATISTICAL",
    "VERSION",
    "WHOLE",
    "Draws",
    "LoadedRule",
    "Needs",
    "NotAssessable",
    "Page",
    "Param",
    "Params",
    "Rule",
    "View",
    "days_from",
    "days_in_words",
    "days_to_quarter_end",
    "fields",
    "held_back_as_rows",
    "in_force",
    "is_day_off",
    "only_contract",
    "period_end",
    "pictures",
    "read_page",
    "sentence",
    "shares_as_rows",
    "shares_given_mix",
    "with_funnels",
    "with_paid_days",
    "with_terms",
]
