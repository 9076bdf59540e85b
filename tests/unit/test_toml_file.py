"""Files that people write: what is wrong is said by file and key, and never by value."""

import os
import traceback
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from pbr_audit import toml_file
from pbr_audit.errors import ConfigurationError
from pbr_audit.toml_file import did_you_mean, parse_model, read_toml, require_standard


class Wheel(BaseModel):
    """A block in a list of blocks."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    spokes: int = Field(default=32, ge=1, le=64)
    made_on: date | None = Field(default=None, alias="made")


class Cart(BaseModel):
    """A file with every kind of key."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    name: str
    load: float = Field(default=0.0, gt=0)
    braked: bool = False
    seen_at: datetime | None = None
    colour: Literal["red", "green", "blue"] = "red"
    wheel: tuple[Wheel, ...] = Field(default=(), max_length=2)
    axle: Wheel | None = None
    marks: dict[str, int | str] = Field(default_factory=dict)
    span: tuple[int, int] = (0, 0)

    @field_validator("name")
    @classmethod
    def one_word(cls, name: str) -> str:
        if " " in name:
            raise ValueError("has to be one word")
        return name


def message(data: dict[str, Any]) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse_model(Cart, data, "cart.toml")
    return str(caught.value)


def read(tmp_path: Path, content: bytes) -> dict[str, Any]:
    path = tmp_path / "cart.toml"
    path.write_bytes(content)
    return read_toml(path, "carts/cart.toml")


def refusal(tmp_path: Path, content: bytes) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, content)
    return str(caught.value)


def test_a_file_is_read_with_toml_s_own_types(tmp_path: Path) -> None:
    assert read(tmp_path, b'name = "x"\nday = 2016-04-01\n') == {"name": "x", "day": date(2016, 4, 1)}


def test_a_byte_order_mark_and_windows_line_ends_are_let_pass(tmp_path: Path) -> None:
    assert read(tmp_path, b'\xef\xbb\xbfname = "x"\r\nload = 1\r\n') == {"name": "x", "load": 1}


def test_a_file_is_called_by_its_name_where_no_other_is_given(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_toml(tmp_path / "absent.toml")
    assert str(caught.value) == "absent.toml: there is no such file; check the name"


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_toml(tmp_path / "cart.toml", "carts/cart.toml")
    assert str(caught.value) == "carts/cart.toml: there is no such file; check the name"


def test_a_folder_in_place_of_a_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_toml(tmp_path, "carts/cart.toml")
    assert str(caught.value) == "carts/cart.toml: this is a folder; name a TOML file"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cart.toml")
    with pytest.raises(ConfigurationError) as caught:
        read_toml(tmp_path / "cart.toml", "carts/cart.toml")
    assert str(caught.value) == "carts/cart.toml: there is no such file; check the name"


def test_a_file_that_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied", "/home/j.smith/cart.toml")

    monkeypatch.setattr(Path, "read_bytes", refused)
    assert refusal(tmp_path, b"") == "carts/cart.toml: the file cannot be opened; check who may read it"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'name = "x"\nload = J Smith\n', 2),
        (b'name = "x"\nname = "y"\n', 2),
        (b'a = 1\nb = 2\nname = "x', 3),
        (b"[cart]\n[cart]\n", 2),
        (b"made = 2016-02-30\n", 1),
        (b"[", 1),
    ],
)
def test_a_syntax_error_is_said_with_its_line(tmp_path: Path, content: bytes, line: int) -> None:
    advice = "check its quotes and brackets, and that no key is set twice"
    assert refusal(tmp_path, content) == f"carts/cart.toml line {line}: not valid TOML; {advice}"


def test_a_syntax_error_shows_nothing_of_the_file_in_a_traceback(tmp_path: Path) -> None:
    content = b'[cart]\n[secret_smith]\n[secret_smith]\nname = "x"\n'
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, content)
    shown = "".join(traceback.format_exception(caught.value))
    assert "secret_smith" not in shown
    assert "TOMLDecodeError" not in shown


@pytest.mark.parametrize("content", [b"load = " + b"9" * 5000, b"load = " + b"[" * 100_000])
def test_a_file_made_to_overload_the_reader_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content) == (
        "carts/cart.toml: not valid TOML; a number in it is too long or it is nested too deeply"
    )


def test_text_in_another_encoding_is_said_with_its_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, b'load = 1\nname = "Caf\xe9"\n') == (
        "carts/cart.toml line 2: not UTF-8 text; save the file as UTF-8"
    )


def test_a_file_of_this_standard_passes_unchanged() -> None:
    data = {"standard": "0.1", "name": "x"}
    assert require_standard(data, "cart.toml") is data


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            {"name": "x"},
            'cart.toml: standard is missing; write standard = "0.1" at the top, before the first [section]',
        ),
        (
            {"standard": 0.1},
            (
                "cart.toml: standard is not a version in quotes; "
                'write standard = "0.1" at the top, before the first [section]'
            ),
        ),
        (
            {"standard": "one"},
            (
                "cart.toml: standard is not a version in quotes; "
                'write standard = "0.1" at the top, before the first [section]'
            ),
        ),
        (
            {"standard": "0.2"},
            (
                "cart.toml: written for version 0.2 of the standard, and this program reads up to 0.1; "
                "install a newer pbr-audit"
            ),
        ),
        (
            {"standard": "0.10"},
            (
                "cart.toml: written for version 0.10 of the standard, and this program reads up to 0.1; "
                "install a newer pbr-audit"
            ),
        ),
        (
            {"standard": "1.0"},
            (
                "cart.toml: written for version 1.0 of the standard, and this program reads up to 0.1; "
                "install a newer pbr-audit"
            ),
        ),
        (
            {"standard": "0.0"},
            (
                "cart.toml: there was no version 0.0 of the standard; "
                'write standard = "0.1" at the top, before the first [section]'
            ),
        ),
    ],
)
def test_a_file_of_no_or_another_standard_is_refused(data: dict[str, Any], expected: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        require_standard(data, "cart.toml")
    assert str(caught.value) == expected


def test_an_older_file_is_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    older = {(0, 0): lambda data: {**data, "standard": "0.1", "colour": "red"}}
    monkeypatch.setattr(toml_file, "MIGRATIONS", older)
    assert require_standard({"standard": "0.0"}, "cart.toml") == {"standard": "0.1", "colour": "red"}


def test_lists_become_tuples_and_written_keys_become_fields() -> None:
    cart = parse_model(
        Cart, {"name": "x", "wheel": [{"made": date(2016, 1, 1)}], "span": [1, 2]}, "cart.toml"
    )
    assert cart == Cart(name="x", wheel=(Wheel(made=date(2016, 1, 1)),), span=(1, 2))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, "cart.toml: name is missing; add it"),
        ({"name": 5}, "cart.toml: name has to be text in quotes"),
        ({"name": "J Smith"}, "cart.toml: name has to be one word"),
        ({"name": "x", "load": "7"}, "cart.toml: load has to be a number"),
        ({"name": "x", "load": 0}, "cart.toml: load has to be above 0.0"),
        ({"name": "x", "load": float("nan")}, "cart.toml: load has to be a finite number"),
        ({"name": "x", "braked": 1}, "cart.toml: braked has to be true or false"),
        (
            {"name": "x", "seen_at": "today"},
            "cart.toml: seen_at has to be a date and time without quotes, such as 2016-04-01T09:30:00",
        ),
        ({"name": "x", "colour": "mauve"}, "cart.toml: colour has to be one of red, green, blue"),
        ({"name": "x", "wheel": [{}, {"spokes": 0}]}, "cart.toml: wheel[2].spokes has to be at least 1"),
        ({"name": "x", "wheel": [{"spokes": 65}]}, "cart.toml: wheel[1].spokes has to be at most 64"),
        ({"name": "x", "wheel": [{"spokes": 3.5}]}, "cart.toml: wheel[1].spokes has to be a whole number"),
        (
            {"name": "x", "wheel": [{"made": "2016-01-01"}]},
            "cart.toml: wheel[1].made has to be a date without quotes, such as 2016-04-01",
        ),
        ({"name": "x", "wheel": [{}, {}, {}]}, "cart.toml: wheel has to be a list of at most 2"),
        ({"name": "x", "wheel": {}}, "cart.toml: wheel has to be written with two brackets, [[wheel]]"),
        ({"name": "x", "wheel": 3}, "cart.toml: wheel has to be a list in square brackets"),
        ({"name": "x", "axle": [{}]}, "cart.toml: axle has to be written once, with one bracket, [axle]"),
        ({"name": "x", "axle": "long"}, "cart.toml: axle has to be a table of keys and values"),
        (
            {"name": "x", "marks": {"a b": 1.5}},
            "cart.toml: marks.'a b' has to be a whole number or text in quotes",
        ),
        ({"name": "x", "span": [1]}, "cart.toml: span[2] is missing; add it"),
    ],
)
def test_what_does_not_fit_is_said_by_key(data: dict[str, Any], expected: str) -> None:
    assert message(data) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"name": "x", "laod": 1}, "cart.toml: laod is not a known key; did you mean load?"),
        ({"name": "x", "Load": 1}, "cart.toml: Load is not a known key; did you mean load?"),
        (
            {"name": "x", "wheel": [{"made_on": 1}]},
            "cart.toml: wheel[1].made_on is not a known key; did you mean made?",
        ),
        (
            {"name": "x", "wheel": [{"q": 1}]},
            "cart.toml: wheel[1].q is not a known key; known are spokes, made",
        ),
        (
            {"name": "x", "axle": {"spoke": 1}},
            "cart.toml: axle.spoke is not a known key; did you mean spokes?",
        ),
        (
            {"name": "x", "axle": {"q" * 99: 1}},
            f"cart.toml: axle.{'q' * 60}... is not a known key; known are spokes, made",
        ),
    ],
)
def test_an_unknown_key_is_named_with_the_closest_known_one(data: dict[str, Any], expected: str) -> None:
    assert message(data) == expected


def test_several_errors_are_a_line_each() -> None:
    assert message({"load": "x", "braked": 1}) == (
        "cart.toml: name is missing; add it\n"
        "cart.toml: load has to be a number\n"
        "cart.toml: braked has to be true or false"
    )


def test_no_value_of_the_file_is_in_the_message_or_the_traceback() -> None:
    data = {"name": "Jane Smith", "load": "Jane Smith", "colour": "Jane Smith", "wheel": ["Jane Smith"]}
    with pytest.raises(ConfigurationError) as caught:
        parse_model(Cart, data, "cart.toml")
    assert "Jane" not in "".join(traceback.format_exception(caught.value))


def test_a_word_that_resembles_nothing_gets_the_whole_list() -> None:
    assert did_you_mean("zebra", ["load", "name"]) == "known are load, name"
    assert did_you_mean("zebra", ["load", "load"]) == "known are load"
    assert did_you_mean("zebra", []) == "none is expected here"


def test_a_word_is_recognised_whatever_its_capitals() -> None:
    assert did_you_mean("job", ["ATT", "JOB"]) == "did you mean JOB?"
    assert did_you_mean("JOBB", ["att", "job"]) == "did you mean job?"
