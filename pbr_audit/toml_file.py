"""TOML files that people write: read, held to the standard's version, and turned into typed values.

Every error is a ConfigurationError whose lines name the file, the key and what to do. Keys are dotted and
count blocks from 1 (`outcome[2].price[1].amount`). The value that stands in the file is never repeated.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pbr_audit.errors import ConfigurationError

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound="BaseModel")
Version = tuple[int, int]
Table = Mapping[str, Any]

STANDARD: Version = (0, 1)
# From an older version of the standard to the next one; there is none that is older yet.
MIGRATIONS: Mapping[Version, Callable[[Table], Table]] = {}

_WRITE_STANDARD = 'write standard = "0.1" at the top, before the first [section]'
_LONGEST_KEY = 60

# What pydantic calls a wrong type begins with one of these; the first that fits speaks.
_EXPECTED = (
    ("int", "a whole number"),
    ("float", "a number"),
    ("decimal", "a number"),
    ("string", "text in quotes"),
    ("bool", "true or false"),
    ("datetime", "a date and time without quotes, such as 2016-04-01T09:30:00"),
    ("date", "a date without quotes, such as 2016-04-01"),
    ("tuple", "a list in square brackets"),
    ("list", "a list in square brackets"),
    ("set", "a list in square brackets"),
    ("dict", "a table of keys and values"),
    ("model", "a table of keys and values"),
)
# Limits come from the model, so they may be shown.
_LIMITS = {
    "greater_than_equal": ("ge", "at least {}"),
    "greater_than": ("gt", "above {}"),
    "less_than_equal": ("le", "at most {}"),
    "less_than": ("lt", "below {}"),
    "too_short": ("min_length", "a list of at least {}"),
    "too_long": ("max_length", "a list of at most {}"),
    "string_too_long": ("max_length", "text of at most {} characters"),
}
_FIXED = {
    "missing": "is missing; add it",
    "finite_number": "has to be a finite number",
    "string_too_short": "is too short or empty",
    "string_pattern_mismatch": "is not written in the expected form",
}


def read_toml(path: Path, where: str | None = None) -> dict[str, Any]:
    """Return what a TOML file holds; `where` is the file's name as people are shown it."""
    where = where or path.name
    text = _text(path, where)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        # An error at the end of the document is one of its last line.
        number = int(line[1]) if line else max(1, len(text.splitlines()))
        advice = "check its quotes and brackets, and that no key is set twice"
        problem = f"{where} line {number}: not valid TOML; {advice}"
    except (ValueError, RecursionError):
        # A number of thousands of digits, or brackets nested by the thousand.
        problem = f"{where}: not valid TOML; a number in it is too long or it is nested too deeply"
    # Raised out here, so that the parser's own message, which quotes the file, is not chained to it.
    raise ConfigurationError(problem)


def _text(path: Path, where: str) -> str:
    try:
        if path.is_dir():
            raise ConfigurationError(f"{where}: this is a folder; name a TOML file")
        if not path.is_file():
            raise ConfigurationError(f"{where}: there is no such file; check the name")
        content = path.read_bytes()
    except OSError:
        raise ConfigurationError(f"{where}: the file cannot be opened; check who may read it") from None
    try:
        # A byte order mark, as Windows editors write it, is let pass.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    raise ConfigurationError(f"{where} line {line}: not UTF-8 text; save the file as UTF-8")


def require_standard(data: Table, where: str) -> Table:
    """Return `data`, migrated to this version of the standard where it says that it is of an older one.

    Refused: no `standard` key, one that is no version, and one that is newer than this program.
    """
    if "standard" not in data:
        raise ConfigurationError(f"{where}: standard is missing; {_WRITE_STANDARD}")
    stated = data["standard"]
    if not isinstance(stated, str) or re.fullmatch(r"[0-9]{1,4}\.[0-9]{1,4}", stated) is None:
        raise ConfigurationError(f"{where}: standard is not a version in quotes; {_WRITE_STANDARD}")
    major, minor = map(int, stated.split("."))
    version = (major, minor)
    if version > STANDARD:
        raise ConfigurationError(
            f"{where}: written for version {major}.{minor} of the standard, and this program reads up to "
            f"{STANDARD[0]}.{STANDARD[1]}; install a newer pbr-audit"
        )
    if version < STANDARD and version not in MIGRATIONS:
        unknown = f"there was no version {major}.{minor} of the standard"
        raise ConfigurationError(f"{where}: {unknown}; {_WRITE_STANDARD}")
    return data if version == STANDARD else require_standard(MIGRATIONS[version](data), where)


def parse_model(model: type[Model], data: Table, where: str) -> Model:
    """Return `data` as `model`; every key that does not fit is one line of the error.

    Lists are handed over as tuples, so that strict and frozen models can hold them. A ValueError that a
    validator of the model raises is shown after the key: it has to read on from there, without the value.
    """
    from pydantic import ValidationError  # noqa: PLC0415  # costs a tenth of a second where no model is read

    try:
        return model.model_validate(_frozen(data))
    except ValidationError as error:
        lines = _lines(model, data, error.errors(include_url=False, include_input=False))
    raise ConfigurationError("\n".join(f"{where}: {line}" for line in lines))


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return the end of a sentence about an unknown name: the closest known one, or all of them."""
    spelt = {name.casefold(): name for name in reversed(known)}
    close = get_close_matches(word.casefold(), spelt, n=1)
    if close:
        return f"did you mean {spelt[close[0]]}?"
    return f"known are {', '.join(dict.fromkeys(known))}" if known else "none is expected here"


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return value


def _lines(model: type[Model], data: Table, errors: Sequence["ErrorDetails"]) -> list[str]:
    """One sentence a key: the members of a union complain one by one, and are heard together."""
    said: dict[str, list[str]] = {}
    for error in errors:
        key, value = _locate(data, error)
        sentence = _sentence(model, error, key, value)
        if sentence not in said.setdefault(key, []):
            said[key].append(sentence)
    return [line for key, sentences in said.items() for line in _joined(key, sentences)]


def _joined(key: str, sentences: list[str]) -> list[str]:
    start = "has to be "
    if all(sentence.startswith(start) for sentence in sentences):
        sentences = [start + " or ".join(sentence.removeprefix(start) for sentence in sentences)]
    return [f"{key} {sentence}".strip() for sentence in sentences]


def _locate(data: Table, error: "ErrorDetails") -> tuple[str, Any]:
    """Return the dotted key of an error and the value there; names of union members are left out."""
    key: str = ""
    value: Any = data
    for part in error["loc"]:
        if isinstance(part, int) and isinstance(value, list):
            # A list that ends too soon is missing the place that the error speaks of.
            key, value = f"{key}[{part + 1}]", value[part] if part < len(value) else None
        elif isinstance(part, str) and isinstance(value, Mapping) and part in value:
            key, value = _dotted(key, part), value[part]
    if error["type"] == "missing" and isinstance(error["loc"][-1], str):
        key = _dotted(key, error["loc"][-1])
    return key, value


def _dotted(key: str, part: str) -> str:
    shown = part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else ascii(part)
    shown = shown if len(shown) <= _LONGEST_KEY else f"{shown[:_LONGEST_KEY]}..."
    return f"{key}.{shown}" if key else shown


def _sentence(model: type[Model], error: "ErrorDetails", key: str, value: Any) -> str:
    """Return what is wrong with a key, to be read on from it."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        known = _known_keys(model, error["loc"][:-1])
        return f"is not a known key; {did_you_mean(str(error['loc'][-1]), known)}"
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"has to be one of {context['expected'].replace(' or ', ', ').replace(chr(39), '')}"
    if kind in _LIMITS:
        name, phrase = _LIMITS[kind]
        return f"has to be {phrase.format(context[name])}"
    return _FIXED.get(kind) or f"has to be {_expected(kind, key, value)}"


def _expected(kind: str, key: str, value: Any) -> str:
    block = re.sub(r"\[\d+\]", "", key)
    if kind.startswith(("tuple", "list")) and isinstance(value, Mapping):
        return f"written with two brackets, [[{block}]]"
    if kind.startswith(("dict", "model")) and isinstance(value, list):
        return f"written once, with one bracket, [{block}]"
    return next((phrase for start, phrase in _EXPECTED if kind.startswith(start)), "of another kind")


def _known_keys(model: type["BaseModel"], location: Sequence[int | str]) -> list[str]:
    """Return the keys that a model knows at a place, as a file writes them, in the model's order."""
    models = [model]
    for part in location:
        inside = [
            found
            for outer in models
            for name, field in outer.model_fields.items()
            if part == (field.alias or name)
            for found in _models_in(field.annotation)
        ]
        models = inside or models
    keys = (field.alias or name for found in models for name, field in found.model_fields.items())
    return list(dict.fromkeys(keys))


def _models_in(annotation: Any) -> list[type["BaseModel"]]:
    """Return every model that a type mentions: tuple[Price, ...] holds Price."""
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        return [annotation]
    return [found for argument in get_args(annotation) for found in _models_in(argument)]
