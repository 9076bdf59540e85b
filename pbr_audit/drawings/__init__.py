"""Draws the pictures of findings and of comparisons as static SVG: no script, no network, the same bytes.

What is drawn comes as data (`pbr_audit.rule.pictures`): a kind and its numbers. Vega draws it, from a
specification of ours; it is imported when a picture is drawn.
"""

import json
from base64 import b64encode

from pbr_audit.drawings.kinds import DRAWN, SAID
from pbr_audit.drawings.parts import CONFIG, Picture, Spec

__all__ = ["DRAWN", "Picture", "data_uri", "said", "svg"]


def svg(picture: Picture) -> str:
    """Return the picture as SVG text; ValueError for a kind that nobody has taught it."""
    import vl_convert  # noqa: PLC0415 - only a picture needs it

    drawn = DRAWN.get(str(picture.get("kind")))
    if drawn is None:
        raise ValueError("no drawing is known for a picture of this kind")
    spec: Spec = {"config": CONFIG, "background": "white", "padding": 4, **drawn(picture)}
    return str(vl_convert.vegalite_to_svg(json.dumps(spec), vl_version="6.4"))


def data_uri(picture: Picture) -> str:
    """Return the picture as an address that an `img` element takes: it keeps a page's styles out of it."""
    return "data:image/svg+xml;base64," + b64encode(svg(picture).encode()).decode()


def said(picture: Picture) -> str:
    """Return in words what the picture shows, for whoever cannot see it."""
    return SAID[picture["kind"]](picture)
