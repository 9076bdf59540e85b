"""The terms of all contracts of a data set, read from their files and held against each other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from pbr_audit.errors import ConfigurationError
from pbr_audit.terms.checks import contradictions
from pbr_audit.terms.frames import terms_frames
from pbr_audit.terms.models import Contract
from pbr_audit.toml_file import parse_model, read_toml, require_standard

# Stands for the currency of amounts on a contract that no file describes, where there are several currencies.
NO_CURRENCY = ""


@dataclass(frozen=True)
class Terms:
    """Every contract, sorted by id; no two share one."""

    contracts: tuple[Contract, ...] = ()

    def frames(self) -> dict[str, pl.LazyFrame]:
        """Return the five tables of `TERMS_COLUMNS`, as rules see them."""
        return dict(self._frames)

    @cached_property
    def _frames(self) -> dict[str, pl.LazyFrame]:
        return terms_frames(self.contracts)

    def currencies(self) -> dict[str, str]:
        """Return the currency of each contract id."""
        return {contract.id: contract.header.currency for contract in self.contracts}

    def primes(self) -> dict[str, str]:
        """Return the prime of each contract id."""
        return {contract.id: contract.header.prime_id for contract in self.contracts}

    def only_currency(self) -> str:
        """Return the currency that all contracts share, or NO_CURRENCY where they do not."""
        different = set(self.currencies().values())
        return different.pop() if len(different) == 1 else NO_CURRENCY

    def outcome_codes(self) -> frozenset[tuple[str, str]]:
        """Return every (contract_id, outcome) that may be claimed."""
        return frozenset(
            (contract.id, outcome.code) for contract in self.contracts for outcome in contract.outcomes
        )

    def cohort_outcomes(self) -> frozenset[tuple[str, str]]:
        """Return every (contract_id, outcome) that is paid for a cohort, so that a claim names no client."""
        return frozenset(
            (contract.id, outcome.code)
            for contract in self.contracts
            for outcome in contract.outcomes
            if outcome.kind == "cohort"
        )


def load_terms(paths: Sequence[Path], names: Sequence[str]) -> Terms:
    """Return the terms in the files at `paths`; `names` are the same files as people are shown them.

    Raises one ConfigurationError with a line for everything that is wrong in any of the files.
    """
    files: list[tuple[str, Mapping[str, Any]]] = []
    problems: list[str] = []
    for path, name in zip(paths, names, strict=True):
        try:
            files.append((name, read_toml(path, name)))
        except ConfigurationError as error:
            problems.append(str(error))
    return _terms(files, problems)


def parse_terms(files: Iterable[tuple[str, Mapping[str, Any]]]) -> Terms:
    """Return the terms of contracts that were read before: (name to show, content) of each file."""
    return _terms(files, [])


def _terms(files: Iterable[tuple[str, Mapping[str, Any]]], problems: list[str]) -> Terms:
    contracts: list[tuple[str, Contract]] = []
    for name, data in files:
        try:
            contracts.append((name, parse_model(Contract, require_standard(data, name), name)))
        except ConfigurationError as error:
            problems.append(str(error))
    for name, contract in contracts:
        problems.extend(f"{name}: {sentence}" for sentence in contradictions(contract))
    problems.extend(_shared_ids(contracts))
    if problems:
        raise ConfigurationError("\n".join(problems))
    return Terms(tuple(sorted((contract for _, contract in contracts), key=lambda contract: contract.id)))


def _shared_ids(contracts: Iterable[tuple[str, Contract]]) -> list[str]:
    """Return a sentence for each file whose contract id another file has before it."""
    first: dict[str, str] = {}
    problems = []
    for name, contract in contracts:
        other = first.setdefault(contract.id, name)
        if other is not name:
            problems.append(
                f"{name}: contract.id is {contract.id}, as in {other}; give each contract its own id"
            )
    return problems
