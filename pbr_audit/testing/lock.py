"""`rules.lock`: each rule's version, parameters and behaviour, so that no rule changes without a word.

A change of behaviour or parameters needs a new version; a change of code that changes neither needs nothing.
An id that was taken out stands under `retired` and is never used again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pbr_audit.errors import ConfigurationError
from pbr_audit.packs import Pack
from pbr_audit.rule import LoadedRule
from pbr_audit.testing.behaviour import Behaviour, over_cases, over_data_set
from pbr_audit.testing.run import find_cases, run_cases
from pbr_audit.toml_file import STANDARD, read_toml, require_standard

LOCK = "rules.lock"
# Data sets that rules are locked over, by their folder below fixtures/contracts.
DATA_SETS = ("known_good", "planted")
HEAD = """\
# What each rule does, written by `pbr-audit rules lock` and checked by `pbr-audit rules lock --check`.
# On each of its fixture cases and on whole data sets: findings, the pence that they put on claims, a digest
# of findings, severities, amounts and what was not assessable, and one of what the rule was given.
# Another behaviour on the same inputs, or other parameters, need another version.
"""


@dataclass(frozen=True)
class Locked:
    """One rule as the lock holds it; `behaviour` is by data set, or by case (`case flagged`)."""

    version: int
    params: Mapping[str, int | float | str]
    behaviour: Mapping[str, Mapping[str, int | str]]


@dataclass(frozen=True)
class Lock:
    """All rules by id, and the ids that are not to be used again."""

    rules: Mapping[str, Locked] = field(default_factory=dict)
    retired: tuple[str, ...] = ()


def observed(root: Path, pack: Pack) -> Lock:
    """Return what the rules of `pack` do over the cases and data sets below `root`; nothing is retired."""
    cases = root / "fixtures" / "rules"
    on_cases = over_cases(run_cases(find_cases(cases), cases, pack))
    on_data = {
        name: over_data_set(folder, pack)
        for name in DATA_SETS
        if (folder := root / "fixtures" / "contracts" / name).is_dir()
    }
    return Lock({loaded.rule.id: _observed(loaded, on_cases, on_data) for loaded in pack.rules})


def _observed(
    loaded: LoadedRule,
    on_cases: Mapping[str, Mapping[str, Behaviour]],
    on_data: Mapping[str, Mapping[str, Behaviour]],
) -> Locked:
    rule = loaded.rule
    seen = {name: rules[rule.id] for name, rules in on_data.items() if rule.id in rules}
    seen |= {f"case {name}": behaviour for name, behaviour in sorted(on_cases.get(rule.id, {}).items())}
    return Locked(
        rule.version,
        dict(sorted(rule.settings().as_dict().items())),
        {over: behaviour.as_dict() for over, behaviour in seen.items()},
    )


def against(lock: Lock, now: Lock) -> Iterator[tuple[str, str]]:
    """Yield a rule id and a sentence for everything that is not as `lock` has it."""
    for rule_id, rule in now.rules.items():
        if rule_id in lock.retired:
            yield rule_id, "the id was retired and is not to be used again; give the rule a new one"
        elif (before := lock.rules.get(rule_id)) is None:
            yield rule_id, "is not in the lock; run `pbr-audit rules lock`"
        elif rule != before:
            yield from ((rule_id, sentence) for sentence in _changes(before, rule))
    for rule_id in lock.rules:
        if rule_id not in now.rules:
            yield rule_id, "is gone; run `pbr-audit rules lock`, which retires its id for good"


def unversioned(lock: Lock, now: Lock) -> Iterator[tuple[str, str]]:
    """Yield a rule id and a sentence for each rule that may not be locked: changed under its old version."""
    for rule_id, rule in now.rules.items():
        before = lock.rules.get(rule_id)
        if rule_id in lock.retired:
            yield rule_id, "the id was retired and is not to be used again; give the rule a new one"
        elif before is not None and rule.version < before.version:
            yield rule_id, f"its version went back from {before.version} to {rule.version}"
        elif before is not None and rule.version == before.version and _differs(before, rule):
            what = "; ".join(_changes(before, rule))
            advice = "raise it in the rule's header if the change is meant"
            yield rule_id, f"{what}; its version is still {rule.version}: {advice}"


def _differs(before: Locked, now: Locked) -> bool:
    """Tell whether parameters changed, or behaviour on inputs that are still the same."""
    both = before.behaviour.keys() & now.behaviour.keys()
    pairs = [(before.behaviour[name], now.behaviour[name]) for name in both]
    same_inputs = [(old, new) for old, new in pairs if old["inputs"] == new["inputs"]]
    return before.params != now.params or any(old != new for old, new in same_inputs)


def _changes(before: Locked, now: Locked) -> Iterator[str]:
    if before.version != now.version:
        yield f"version {before.version} -> {now.version}"
    for name in sorted({*before.params, *now.params}):
        old, new = before.params.get(name), now.params.get(name)
        if old != new:
            yield f"parameter {name} {_or_none(old)} -> {_or_none(new)}"
    for over in dict.fromkeys((*before.behaviour, *now.behaviour)):
        old_figures, new_figures = before.behaviour.get(over), now.behaviour.get(over)
        if old_figures != new_figures:
            yield f"{over.replace('_', ' ')}: {_figures(old_figures)} -> {_figures(new_figures)}"


def _or_none(value: object) -> str:
    return "none" if value is None else str(value)


def _figures(figures: Mapping[str, int | str] | None) -> str:
    if figures is None:
        return "not there"
    return f"{figures['findings']} findings, {figures['pence']} pence, {figures['digest']}"


def successor(lock: Lock, now: Lock) -> Lock:
    """Return the lock that follows: the rules as they are, and the ids that are gone retired."""
    gone = [rule_id for rule_id in lock.rules if rule_id not in now.rules]
    return Lock(now.rules, tuple(sorted({*lock.retired, *gone})))


def read_lock(path: Path) -> Lock:
    """Read a lock; an empty one where there is no file. ConfigurationError where it is not one of ours."""
    if not path.exists():
        return Lock()
    data = dict(require_standard(read_toml(path), path.name))
    try:
        return Lock({name: _locked(rule) for name, rule in data["rules"].items()}, tuple(data["retired"]))
    except (AttributeError, KeyError, TypeError):
        problem = (
            f"{path.name}: is not as `pbr-audit rules lock` writes it; take it back from version control"
        )
    raise ConfigurationError(problem)


def _locked(rule: Mapping[str, Any]) -> Locked:
    return Locked(
        rule["version"],
        dict(rule["params"]),
        {over: dict(figures) for over, figures in rule["behaviour"].items()},
    )


def lock_text(lock: Lock) -> str:
    """Return the lock as TOML, rules in the order of their ids."""
    standard = ".".join(map(str, STANDARD))
    retired = ", ".join(f'"{rule_id}"' for rule_id in lock.retired)
    lines = [HEAD, f'standard = "{standard}"', f"retired = [{retired}]"]
    for rule_id, rule in sorted(lock.rules.items()):
        lines += ["", f"[rules.{rule_id}]", f"version = {rule.version}", f"params = {_inline(rule.params)}"]
        lines.append(f"[rules.{rule_id}.behaviour]")
        lines += [f'"{over}" = {_inline(figures)}' for over, figures in rule.behaviour.items()]
    return "\n".join(lines) + "\n"


def _inline(values: Mapping[str, int | float | str]) -> str:
    """Return a TOML inline table; text holds neither quotes nor backslashes, numbers are written whole."""
    if not values:
        return "{}"
    cells = [
        f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}"
        for name, value in values.items()
    ]
    return f"{{ {', '.join(cells)} }}"
