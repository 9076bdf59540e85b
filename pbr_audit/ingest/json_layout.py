"""Where the records of a JSON text are: on lines, in an array, or in an array under a key of one object."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from pbr_audit.ingest.json_text import JsonError, JsonText, Value, elements


class Kind(Enum):
    """How the records stand in the text."""

    LINES = 0
    ARRAY = 1
    WRAPPED = 2


@dataclass(frozen=True)
class Layout:
    """How the records stand; if wrapped, `member` is the array's place among the object's keys."""

    kind: Kind
    member: int = 0


def layout_of(text: JsonText) -> Layout:
    """Tell the layout; an object with a key that holds an array of objects is a wrapper if it stands alone.

    Raises JsonError for one with several such keys.
    """
    mark = text.mark()
    if mark == "[":
        return Layout(Kind.ARRAY)
    if mark != "{":
        return Layout(Kind.LINES)
    arrays = _arrays_of_objects(text)
    if not arrays or text.mark():
        return Layout(Kind.LINES)
    if len(arrays) > 1:
        raise JsonError("holds several lists of records; write one file for each of them")
    return Layout(Kind.WRAPPED, arrays[0])


def wrapped(text: JsonText, member: int) -> Iterator[Value]:
    """The elements of the array that is the object's `member`; the text has been laid out before."""
    for number, mark in enumerate(_members(text)):
        if number == member:
            yield from elements(text)
            return
        if mark:
            text.value()


def _arrays_of_objects(text: JsonText) -> list[int]:
    found: list[int] = []
    try:
        for number, mark in enumerate(_members(text)):
            if mark != "[":
                _known(text.value())
                continue
            are_objects = [isinstance(_known(value).value, dict) for value in elements(text)]
            if text.is_open:
                return []
            if are_objects and all(are_objects):
                found.append(number)
    except JsonError:
        # Whatever it is, reading it line by line says what is wrong with it.
        return []
    return found


def _members(text: JsonText) -> Iterator[str]:
    """The first character of each value of an object, which the caller has to read."""
    text.skip()
    while text.mark() == '"':
        _known(text.value())
        if text.mark() != ":":
            raise JsonError
        text.skip()
        yield text.mark()
        if text.mark() == ",":
            text.skip()
    if text.mark() != "}":
        raise JsonError
    text.skip()


def _known(value: Value) -> Value:
    if value.problem is not None:
        raise JsonError(value.problem)
    return value
