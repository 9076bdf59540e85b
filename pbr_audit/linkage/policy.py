"""What is compared, and which pairs are: one policy chosen from the columns that exist."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from pbr_audit.errors import ConfigurationError
from pbr_audit.linkage.kinds import KINDS, SHARED_AT_HOME, SINGLE, Kind, value_name

Household = Literal["auto", "on", "off"]

# Pairs are sought under each of these whose values all exist, the strictest first. A kind of which there
# may be several stands for each of them in turn.
_KEYS: Final = (
    "national_id",
    "email",
    "account",
    "phone",
    "family_name birth_date",
    "given_name__formal birth_date",
    "birth_date postcode",
    "given_name family_name birth_date__year",
    "family_name postcode",
    "given_name__formal postcode",
    "given_name__sound family_name__sound birth_date__year",
    "given_name__formal family_name__sound postcode__sector",
    "given_name__sound birth_date__month_day birth_date__year",
    "street house_number given_name__formal",
    "street house_number family_name",
    "street house_number birth_date",
    "birth_date attribute",
    "given_name__formal family_name",
    "family_name__sound birth_date__month_day",
    "given_name__sound birth_date__month_day",
    "given_name__sound postcode__district birth_date__year",
    "family_name__sound postcode__district birth_date__year",
    "family_name__sound given_name__initial birth_date__year",
    "given_name__sound family_name__sound",
    "birth_date",
    "postcode",
    "family_name__sound birth_date__year",
    "given_name__sound birth_date__year",
    "family_name",
    "given_name",
)
_NAMES: Final = frozenset({"given_name", "family_name"})


class CannotLink(ConfigurationError):
    """There is too little to tell people by; the sentence says what would be needed."""


@dataclass(frozen=True)
class Policy:
    """What linkage does with a table of people.

    `kinds` gives each column's kind; `keys` are tuples of prepared values, and pairs that agree in all of a
    key's values are compared. A block of more than `most_in_block` records is left out, and reported; a key
    is left out, and reported, where it would bring the pairs above `pairs_a_record` for each record
    and above `least_pairs` in all.
    """

    id: str
    kinds: Mapping[str, Kind]
    keys: tuple[tuple[str, ...], ...]
    household: Household = "auto"
    across: str | None = None
    hashed: bool = False
    most_in_block: int = 400
    pairs_a_record: int = 2
    least_pairs: int = 3_000_000
    cannot_see: tuple[str, ...] = field(default=())

    def has(self, kind: Kind) -> bool:
        return kind in self.kinds.values()

    def to_toml(self) -> str:
        """Return the policy as TOML, every setting with its value."""
        lines = [
            f"{key} = {_toml(value)}"
            for key, value in asdict(self).items()
            if key not in {"kinds", "keys", "cannot_see"} and value is not None
        ]
        keys = [f"    {_toml(list(key))}," for key in self.keys]
        kinds = [f"{_toml(column)} = {_toml(kind)}" for column, kind in self.kinds.items()]
        return "\n".join([*lines, "keys = [", *keys, "]", "", "[kinds]", *kinds, ""])

    @classmethod
    def from_toml(cls, path: Path) -> "Policy":
        """Read a policy; whatever the file leaves out is chosen. ConfigurationError says what is wrong."""
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigurationError(f"{path.name} is not a readable TOML file.") from error
        return cls.from_settings(found, path.name)

    @classmethod
    def from_settings(cls, found: Mapping[str, Any], where: str) -> "Policy":
        """Make a policy from settings as TOML or JSON gives them."""
        kinds = found.get("kinds")
        if not isinstance(kinds, dict) or not isinstance(found.get("id"), str):
            raise ConfigurationError(f"{where} needs `id`, and [kinds] with the kind of each column.")
        unknown = sorted({str(kind) for kind in kinds.values()} - set(KINDS))
        if unknown:
            raise ConfigurationError(
                f"{where}: {', '.join(unknown)} is no kind of column; there are {', '.join(KINDS)}."
            )
        settings = {key: value for key, value in found.items() if key not in {"kinds", "id", "keys"}}
        _check(settings, where)
        chosen = choose_policy(
            kinds, id=found["id"], across=settings.pop("across", None), hashed=settings.pop("hashed", False)
        )
        keys = tuple(tuple(key) for key in found.get("keys", chosen.keys))
        settings.pop("cannot_see", None)
        return cls(
            **{**asdict(chosen), "kinds": dict(chosen.kinds), **settings, "keys": keys},
        )


def choose_policy(
    columns: Mapping[str, Kind],
    *,
    id: str = "client_id",  # noqa: A002 - as the policy calls it
    across: str | None = None,
    hashed: bool = False,
) -> Policy:
    """Choose keys, comparisons and classes from the columns that exist.

    `columns` gives the kind of each (see `kinds_of`). Raises CannotLink where there is neither an identifier
    nor a name together with a date of birth or another fact.
    """
    kinds = _one_of_each(columns)
    present = set(kinds.values())
    others = present - _NAMES - {"middle_name", "sex"}
    if not (present & _NAMES and others) and not present & {"national_id"}:
        raise CannotLink(
            "People cannot be told apart by these columns: needed are a name and a date of birth, a postcode"
            " or another such fact, or an identifier such as national_id."
        )
    return Policy(
        id=id, kinds=kinds, keys=_keys(kinds), across=across, hashed=hashed, cannot_see=_unseen(kinds, hashed)
    )


def shared_values(kinds: Mapping[str, Kind]) -> list[str]:
    """Return the values that members of one household have in common."""
    return [value_name(column, kind) for column, kind in kinds.items() if kind in SHARED_AT_HOME]


def _one_of_each(columns: Mapping[str, Kind]) -> dict[str, Kind]:
    kept: dict[str, Kind] = {}
    for column, kind in columns.items():
        if kind not in SINGLE or kind not in kept.values():
            kept[column] = kind
    return kept


def _keys(kinds: Mapping[str, Kind]) -> tuple[tuple[str, ...], ...]:
    values: dict[str, list[str]] = {}
    for column, kind in kinds.items():
        values.setdefault(kind, []).append(value_name(column, kind))
    keys: list[tuple[str, ...]] = []
    for recipe in _KEYS:
        made: list[tuple[str, ...]] = [()]
        for part in recipe.split():
            wanted, *variant = part.split("__")
            made = [(*key, "__".join([value, *variant])) for key in made for value in values.get(wanted, [])]
        keys += made
    return tuple(keys)


def _unseen(kinds: Mapping[str, Kind], hashed: bool) -> tuple[str, ...]:  # noqa: FBT001
    if not hashed:
        return ()
    return tuple(_UNSEEN[kind] for kind in dict.fromkeys(kinds.values()) if kind in _UNSEEN)


_SLIP: Final = "a slip of the pen in {}: the value then has another hash, and counts as another value"
_UNSEEN: Final[dict[Kind, str]] = {
    "given_name": "a given name spelt otherwise, unless it still sounds alike or is a known short form",
    "family_name": "a family name spelt otherwise, unless it still sounds alike",
    "birth_date": "a slip in a date of birth, unless the year, or day and month, are right, or exchanged",
    "postcode": "a slip in a postcode, unless its sector or district is right",
    "national_id": _SLIP.format("a national id"),
    "email": _SLIP.format("an e-mail address"),
    "phone": _SLIP.format("a telephone number"),
    "account": _SLIP.format("a bank account"),
    "street": _SLIP.format("a street"),
    "place": _SLIP.format("a place"),
}


def _check(settings: Mapping[str, Any], where: str) -> None:
    known = set(Policy.__dataclass_fields__)
    strange = sorted(set(settings) - known)
    if strange:
        raise ConfigurationError(f"{where}: {', '.join(strange)} is no setting of a linkage policy.")
    if settings.get("household", "auto") not in {"auto", "on", "off"}:
        raise ConfigurationError(f"{where}: household is one of auto, on and off.")
    for limit in ("most_in_block", "pairs_a_record", "least_pairs"):
        value = settings.get(limit, 1)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ConfigurationError(f"{where}: {limit} is a whole number of at least 1.")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return str(value)
