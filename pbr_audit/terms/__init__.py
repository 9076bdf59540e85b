"""The terms of contracts: what may be claimed, when, for whom and at what price."""

from pbr_audit.terms.frames import TERMS_COLUMNS
from pbr_audit.terms.models import Band, Contract, Header, Outcome, Price, SupplyChainLink, Volume
from pbr_audit.terms.terms import NO_CURRENCY, Terms, load_terms, parse_terms

__all__ = [
    "NO_CURRENCY",
    "TERMS_COLUMNS",
    "Band",
    "Contract",
    "Header",
    "Outcome",
    "Price",
    "SupplyChainLink",
    "Terms",
    "Volume",
    "load_terms",
    "parse_terms",
]
