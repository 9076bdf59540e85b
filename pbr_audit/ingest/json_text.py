"""JSON text as a stream of values, of which only the part that is being looked at is held."""

import codecs
import json
from collections.abc import Iterator
from typing import NamedTuple

from pbr_audit.ingest.opening import Stream

_CHUNK_BYTES = 1 << 20
# An object that does not end within this many characters is no record of a table.
_LONGEST_RECORD = 16 << 20
_SPACE = " \t\r\n"
_BRACKETS = {"{": "}", "[": "]"}

NO_JSON = "is not valid JSON; write it again, one object for each row"
NO_COMMA = "is not followed by a comma or by the closing bracket; write the file again as JSON"
CUT_OFF = "is cut off, for the file ends inside it; ask for the whole file"
TOO_DEEP = "is nested too deeply; write one flat object for each row"


class Doubled(dict[str, object]):
    """An object that names a key twice, so that one of its values is lost."""


class JsonError(Exception):
    """The text cannot be read on; what it says is what is wrong with the record that is being read."""


class Value(NamedTuple):
    """A value, or why the text at its place is none."""

    value: object
    problem: str | None = None


class JsonText:
    """The text of a stream of UTF-8 bytes; numbers are given as the text in which they are written."""

    def __init__(self, stream: Stream) -> None:
        """Read from `stream`; bytes that are no UTF-8 become half characters, which no cell may hold."""
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._json = json.JSONDecoder(
            object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=str
        )
        self._held = ""
        self._begin = 0
        self._at = 0
        self._ended = False
        # Whether an array has been read to the end of the text without its closing bracket.
        self.is_open = False

    def mark(self) -> str:
        """The next character that is no blank, left in place; empty at the end of the text."""
        while True:
            while self._at < len(self._held) and self._held[self._at] in _SPACE:
                self._at += 1
            self._begin = self._at
            if self._at < len(self._held) or not self._more():
                return self._held[self._at : self._at + 1]

    def skip(self) -> None:
        """Pass over one character."""
        self._at += 1

    def value(self) -> Value:
        """Read one value; where there is none, nothing is passed over. JsonError for an endless one."""
        self._begin = self._at
        while True:
            try:
                value, end = self._json.raw_decode(self._held, self._at)
            except ValueError:
                # Either the value goes on in the next part of the text, or it is no JSON.
                if not self._more():
                    return Value(None, NO_JSON)
            except RecursionError:
                return Value(None, TOO_DEEP)
            else:
                # A number at the end of what is held may go on; objects and arrays cannot.
                self._at = end
                return Value(value)

    def written(self) -> str:
        """The text of the value that was read last, as long as nothing else was looked at."""
        return self._held[self._begin : self._at]

    def rest_of_line(self) -> str:
        """Pass over the text up to the next line end; the text from the begin of the value before it."""
        while (end := self._held.find("\n", self._at)) < 0 and self._more():
            pass
        self._at = len(self._held) if end < 0 else end
        return self.written().rstrip("\r")

    def broken(self) -> str:
        """Pass over an object that is no JSON, up to its closing bracket.

        JsonError where it has none, unless the text ends inside its only object: that one is cut off.
        """
        while (end := _closing(self._held, self._begin)) is None and self._more():
            pass
        if end is None and self._held.count("{", self._begin) > 1:
            raise JsonError(NO_JSON)
        self._at = len(self._held) if end is None else end
        return self.written()

    def _more(self) -> bool:
        """Take the next part of the text in; False at its end."""
        if self._ended:
            return False
        rest = self._held[self._begin :]
        if len(rest) > _LONGEST_RECORD:
            raise JsonError(f"is longer than {_LONGEST_RECORD:,} characters; check its brackets")
        part = self._stream.read(max(_CHUNK_BYTES, len(rest)))
        self._ended = not part
        self._held = rest + self._decode.decode(part, final=self._ended)
        self._at -= self._begin
        self._begin = 0
        return True


def elements(text: JsonText) -> Iterator[Value]:
    """The values of an array whose opening bracket comes next; JsonError where it cannot be read on.

    What is no value, the caller has to pass over. An array whose end is missing ends with the text.
    """
    text.skip()
    while text.mark() not in {"]", ""}:
        yield text.value()
        mark = text.mark()
        if mark == ",":
            text.skip()
        elif mark not in {"]", ""}:
            raise JsonError(NO_COMMA)
    text.is_open = text.mark() != "]"
    text.skip()


def _closing(text: str, begin: int) -> int | None:
    """The place after the bracket that closes the object at `begin`, strings passed over.

    JsonError where a bracket closes another one than the last that was opened.
    """
    awaited: list[str] = []
    in_string, escaped = False, False
    for place in range(begin, len(text)):
        letter = text[place]
        if in_string:
            in_string = escaped or letter != '"'
            escaped = letter == "\\" and not escaped
        elif letter == '"':
            in_string = True
        elif letter in _BRACKETS:
            awaited.append(_BRACKETS[letter])
        elif letter in "}]":
            if letter != awaited.pop():
                raise JsonError(NO_JSON)
            if not awaited:
                return place + 1
    return None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Doubled(pairs)
