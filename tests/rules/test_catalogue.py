"""The catalogue in rules/README.md is what the rules say today."""

from pbr_audit.explain import catalogue
from pbr_audit.packs import load_pack, shipped_rules


def test_the_catalogue_is_current() -> None:
    written = (shipped_rules() / "README.md").read_text(encoding="utf-8")
    assert written == catalogue(load_pack()), (
        "write it anew: pbr-audit rules list --catalogue > rules/README.md"
    )
