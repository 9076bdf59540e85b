"""The pictures of a finding, as the report shows it: images in the page and what they show in words."""

import json
from dataclasses import dataclass

from pbr_audit.drawings import DRAWN, data_uri, said


@dataclass(frozen=True)
class Shown:
    """An image: its address, which holds the whole of it, and the words for whoever cannot see it."""

    address: str
    words: str


def pictures_of(evidence: str | None) -> tuple[Shown, ...]:
    """Return the pictures in a finding's evidence (JSON) that can be drawn, in their order there."""
    told = json.loads(evidence or "{}")
    pictures = [value for name, value in told.items() if name == "picture" or name.endswith("_picture")]
    return tuple(
        Shown(data_uri(picture), said(picture))
        for picture in pictures
        if isinstance(picture, dict) and picture.get("kind") in DRAWN
    )
