"""The picture of a finding, as the report shows it: an image in the page and what it shows in words."""

import json
from dataclasses import dataclass

from pbr_audit.drawings import DRAWN, data_uri, said


@dataclass(frozen=True)
class Shown:
    """An image: its address, which holds the whole of it, and the words for whoever cannot see it."""

    address: str
    words: str


def picture_of(evidence: str | None) -> Shown | None:
    """Return the picture in a finding's evidence (JSON), or None where there is none that can be drawn."""
    picture = json.loads(evidence or "{}").get("picture")
    if not isinstance(picture, dict) or picture.get("kind") not in DRAWN:
        return None
    return Shown(data_uri(picture), said(picture))
