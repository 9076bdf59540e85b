"""A trained model: what it takes to score pairs, without anybody's values in it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from pbr_audit.errors import ConfigurationError
from pbr_audit.linkage.compare import Comparison, comparisons
from pbr_audit.linkage.em import HOUSEHOLD, LEAST_SHARE, SAME, Floats
from pbr_audit.linkage.frequencies import Frequency
from pbr_audit.linkage.policy import Policy

VERSION: Final = 1


@dataclass(frozen=True)
class Model:
    """Level probabilities by class, how many pairs of each class there are a record, and frequencies.

    `tables[class][comparison]` holds the probability of each level, within its group; classes are random,
    same, and household where there is one. `a_record[class]` is the expected number of pairs a record.
    """

    policy: Policy
    columns: tuple[str, ...]
    tables: tuple[tuple[Floats, ...], ...]
    a_record: tuple[float, ...]
    frequencies: dict[str, Frequency]
    records: int

    @property
    def has_household(self) -> bool:
        return len(self.tables) > HOUSEHOLD

    @property
    def compared(self) -> tuple[Comparison, ...]:
        return comparisons(self.policy, list(self.columns))

    @property
    def expected_matches(self) -> float:
        """How many pairs of the records that it was trained on are of one person."""
        return self.a_record[SAME] * self.records

    @property
    def expected_households(self) -> float:
        """How many pairs of those records are of one household or family."""
        return self.a_record[HOUSEHOLD] * self.records if self.has_household else 0.0

    def shares(self, records: int) -> Floats:
        """Return the share of each class among all pairs of so many records."""
        pairs = max(records * (records - 1) / 2, 1.0)
        others = np.asarray(self.a_record[1:]) * records / pairs
        others = np.clip(others, LEAST_SHARE, 0.5 / len(others))
        return np.concatenate([[1 - others.sum()], others])

    def to_json(self) -> str:
        """Return the model as JSON, the same for the same model."""
        fields = [comparison.field for comparison in self.compared]
        return json.dumps(
            {
                "linkage_model": VERSION,
                "policy": asdict(self.policy),
                "columns": list(self.columns),
                "records": self.records,
                "pairs_a_record": list(self.a_record),
                "levels": {comparison.field: list(comparison.labels) for comparison in self.compared},
                "classes": [
                    {field: table.tolist() for field, table in zip(fields, tables, strict=True)}
                    for tables in self.tables
                ],
                "frequencies": {name: found.to_settings() for name, found in self.frequencies.items()},
            },
            indent=1,
        )

    def save(self, path: Path) -> None:
        path.write_text(self.to_json() + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Read a saved model; ConfigurationError where it is none, or of another version."""
        try:
            return cls.from_json(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path.name} is not a readable linkage model.") from error

    @classmethod
    def from_json(cls, text: str) -> "Model":
        """Read a model from its JSON; ConfigurationError where it is none, or of another version."""
        try:
            found = json.loads(text)
            version = found["linkage_model"]
        except (ValueError, TypeError, KeyError) as error:
            raise ConfigurationError(
                "This is no linkage model: it is not JSON with `linkage_model`."
            ) from error
        if version != VERSION:
            raise ConfigurationError(
                f"The linkage model is of version {version}, and this program reads version {VERSION}:"
                " train it again."
            )
        try:
            return cls._of(found)
        except ConfigurationError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ConfigurationError("The linkage model is not whole: train it again.") from error

    @classmethod
    def _of(cls, found: dict[str, Any]) -> "Model":
        policy = Policy.from_settings(found["policy"], "The linkage model")
        compared = comparisons(policy, found["columns"])
        if {one.field: list(one.labels) for one in compared} != found["levels"]:
            raise ConfigurationError(
                "The linkage model compares otherwise than this program: train it again."
            )
        return cls(
            policy=policy,
            columns=tuple(found["columns"]),
            tables=tuple(
                tuple(np.asarray(tables[one.field], dtype=np.float64) for one in compared)
                for tables in found["classes"]
            ),
            a_record=tuple(float(pairs) for pairs in found["pairs_a_record"]),
            frequencies={name: Frequency.from_settings(one) for name, one in found["frequencies"].items()},
            records=int(found["records"]),
        )
