"""Lists and objects in the cells of a JSON record, as the text of a column."""

import json
from collections.abc import Sequence


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def nested_texts(record: str, keys: Sequence[str]) -> dict[str, str | None] | None:
    """Return the values under `keys` of the record as JSON, numbers as written; None if nested too deeply."""
    try:
        found = json.loads(record, parse_float=_Number, parse_int=_Number, parse_constant=_Number)
        return {key: _dumped(found[key]) for key in keys}
    except RecursionError:
        return None


def _dumped(value: object) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        members = [f"{json.dumps(key, ensure_ascii=False)}: {_dumped(own)}" for key, own in value.items()]
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list):
        return f"[{', '.join([_dumped(own) for own in value])}]"
    return json.dumps(value, ensure_ascii=False)
