"""Who is one person behind several registrations: by the source's own numbers, and by linkage."""

from pbr_audit.people.identity import LINKS, LINKS_COLUMNS, person_id, with_person_id
from pbr_audit.people.linking import LEAST_REGISTRATIONS, Linked, linked, why_not_linked

__all__ = [
    "LEAST_REGISTRATIONS",
    "LINKS",
    "LINKS_COLUMNS",
    "Linked",
    "linked",
    "person_id",
    "why_not_linked",
    "with_person_id",
]
