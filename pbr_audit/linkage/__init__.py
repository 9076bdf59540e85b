"""One person behind several records: find the pairs, weigh them, and join what belongs together.

A library in its own right, usable on any table of people. Nothing here knows of claims or contracts.
"""

from pbr_audit.linkage.clustering import Clusters, clusters
from pbr_audit.linkage.explaining import Waterfall, explain_pair
from pbr_audit.linkage.kinds import Kind, kinds_of
from pbr_audit.linkage.model import Model
from pbr_audit.linkage.policy import CannotLink, Policy, choose_policy
from pbr_audit.linkage.prepare import variants
from pbr_audit.linkage.pseudonyms import are_pseudonyms, pseudonyms, pseudonyms_of_ids, unpacked
from pbr_audit.linkage.readiness import ready
from pbr_audit.linkage.scoring import Scored, link, score
from pbr_audit.linkage.splink_json import from_splink, to_splink
from pbr_audit.linkage.training import train

__all__ = [
    "CannotLink",
    "Clusters",
    "Kind",
    "Model",
    "Policy",
    "Scored",
    "Waterfall",
    "are_pseudonyms",
    "choose_policy",
    "clusters",
    "explain_pair",
    "from_splink",
    "kinds_of",
    "link",
    "pseudonyms",
    "pseudonyms_of_ids",
    "ready",
    "score",
    "to_splink",
    "train",
    "unpacked",
    "variants",
]
