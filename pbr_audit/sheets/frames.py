"""Messages between the process that reads a workbook and its parent: a length, then JSON."""

import json
import struct
from typing import IO, Any

# A workbook's row has at most 16,384 cells of 32,767 characters each; an honest batch has a few megabytes.
MOST_FRAME_BYTES = 1 << 30
_LENGTH = struct.Struct(">I")

Message = dict[str, Any]


class BrokenFrameError(Exception):
    """The stream ended within a message, or holds what is none."""


def send(stream: IO[bytes], message: Message) -> None:
    """Write one message and let it go."""
    payload = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    stream.write(_LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[Message, int] | None:
    """Read one message and its length in bytes, or None at the stream's end."""
    begin = stream.read(_LENGTH.size)
    if not begin:
        return None
    if len(begin) < _LENGTH.size:
        raise BrokenFrameError
    (length,) = _LENGTH.unpack(begin)
    payload = stream.read(length) if length <= MOST_FRAME_BYTES else b""
    if len(payload) < length:
        raise BrokenFrameError
    try:
        message = json.loads(payload.decode("utf-8", "surrogatepass"))
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise BrokenFrameError
    return message, length
