"""Rule packs: files in, rules out, or one sentence that says which file does not load.

A pack with one bad file does not load at all: a rule that is left out in silence would be a false clean
bill. Python from a folder that somebody else wrote runs only where the user says that it is trusted; a
TOML rule's condition can only compare columns, so it needs no trust.
"""

import hashlib
import inspect
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pbr_audit
from pbr_audit.errors import PbrAuditError, RulePackError
from pbr_audit.rule import WHOLE, LoadedRule, Rule, fields, read_page
from pbr_audit.toml_rules import load_toml_rule
from pbr_audit.views import is_split, schema_of

SHIPPED_PREFIX = "PBR"
ENTRY_POINTS = "pbr_audit.rules"
FORMS = {
    "flag": ("view", "p"),
    "measure": ("view", "p"),
    "decide": ("measures", "p"),
    "members": ("view", "found", "p"),
    "shift": ("view", "who", "share", "p", "rng"),
}


@dataclass(frozen=True)
class Pack:
    """Rules in the order of their ids, and a digest over all of their files."""

    rules: tuple[LoadedRule, ...]
    digest: str

    def get(self, rule_id: str) -> LoadedRule | None:
        """Return the rule with this id, or None."""
        return next((loaded for loaded in self.rules if loaded.rule.id == rule_id), None)


def shipped_rules() -> Path:
    """Return the folder of the rules that come with the program: in a wheel, or in a checkout."""
    package = Path(pbr_audit.__file__).parent
    installed = package / "_rules"
    return installed if installed.is_dir() else package.parent / "rules"


def load_pack(folders: Iterable[Path] = (), *, trust_code: bool = False) -> Pack:
    """Return the shipped rules and those of `folders`; RulePackError names the file that does not load.

    A folder that is not there may be the name of an installed pack. Each pack has an id prefix of its own.
    """
    rules = load_folder(shipped_rules(), trust_code=True)
    prefixes = {SHIPPED_PREFIX: Path("the shipped rules")}
    for folder in folders:
        found = load_folder(installed_pack(folder) or folder, trust_code=trust_code)
        _claim_prefix(found, folder, prefixes)
        rules += found
    return make_pack(rules)


def installed_pack(name: Path) -> Path | None:
    """Return the folder of the installed pack of this name; None where there is none, or a folder is meant.

    An installed pack is an entry point in the group `pbr_audit.rules`: its name, and the package whose folder
    holds the rules (`acme = "acme_rules"`). The package is found and not imported.
    """
    if name.is_dir():
        return None
    for entry in entry_points(group=ENTRY_POINTS, name=str(name)):
        spec = find_spec(entry.module)
        if spec is not None and spec.submodule_search_locations:
            return Path(next(iter(spec.submodule_search_locations)))
        raise RulePackError(f"{name}: the installed pack names {entry.module}, which is no package of rules")
    return None


def _claim_prefix(rules: Iterable[LoadedRule], folder: Path, prefixes: dict[str, Path]) -> None:
    """Refuse a prefix that another pack has: two packs would one day give two rules one id."""
    for loaded in rules:
        prefix = loaded.rule.id.rstrip("0123456789")
        owner = prefixes.setdefault(prefix, folder)
        if owner != folder:
            raise RulePackError(
                f"{loaded.origin}: ids that begin with {prefix} belong to {owner.name}; give this pack its "
                "own three to six capitals"
            )


def make_pack(rules: Iterable[LoadedRule]) -> Pack:
    """Return `rules` as a pack; RulePackError where two files give one id."""
    by_id: dict[str, LoadedRule] = {}
    for loaded in rules:
        other = by_id.setdefault(loaded.rule.id, loaded)
        if other is not loaded:
            raise RulePackError(
                f"{loaded.origin}: the id {loaded.rule.id} is taken by {other.origin}; give it a new one"
            )
    ordered = tuple(by_id[rule_id] for rule_id in sorted(by_id))
    digest = hashlib.sha256("\n".join(f"{r.rule.id} {r.digest}" for r in ordered).encode()).hexdigest()
    return Pack(ordered, digest)


def load_folder(folder: Path, *, trust_code: bool) -> list[LoadedRule]:
    """Return the rules in `folder` and its chapters."""
    if not folder.is_dir():
        raise RulePackError(f"{folder}: there is no such folder of rules")
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in {".py", ".toml"} and "__pycache__" not in path.parts and path.name != "__init__.py"
    )
    if not paths:
        raise RulePackError(f"{folder}: holds no rules; a rule is a .py or .toml file named after its id")
    code = [path for path in paths if path.suffix == ".py"]
    if code and not trust_code:
        raise RulePackError(
            f"{folder / code[0].relative_to(folder)}: is Python, which could do anything on this machine; "
            "read it, and add --trust-code if you trust it (TOML rules need no trust)"
        )
    return [load_rule(path, folder) for path in paths]


def load_rule(path: Path, folder: Path) -> LoadedRule:
    """Return the rule in one file, checked against what it declares."""
    origin = path.relative_to(folder.parent).as_posix()
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    chapter = path.parent.name if path.parent != folder else ""
    try:
        if path.suffix == ".toml":
            loaded = load_toml_rule(path, origin=origin, chapter=chapter, digest=digest)
        else:
            loaded = _load_python_rule(path, origin=origin, chapter=chapter, digest=digest)
    except PbrAuditError as error:
        text = str(error)
        raise RulePackError(text if text.startswith(origin) else f"{origin}: {text}") from error
    if path.stem.split("_")[0] != loaded.rule.id:
        raise RulePackError(f"{origin}: holds the rule {loaded.rule.id}; the file's name begins with its id")
    check_needs(loaded.rule, origin)
    fields(loaded.rule.message, origin)
    return loaded


def _load_python_rule(path: Path, *, origin: str, chapter: str, digest: str) -> LoadedRule:
    module = _import(path, origin)
    rule = getattr(module, "RULE", None)
    if not isinstance(rule, Rule):
        raise RulePackError(f"{origin}: has no RULE = Rule(…) at its top")
    functions = {}
    for name, expected in FORMS.items():
        function = getattr(module, name, None)
        if function is None:
            continue
        if tuple(inspect.signature(function).parameters) != expected:
            raise RulePackError(f"{origin}: {name} takes {', '.join(expected)}, in this order")
        functions[name] = function
    asked = set(functions) - {"shift"}
    if asked != {"flag"} and not ({"measure", "decide"} <= asked and "flag" not in asked):
        raise RulePackError(
            f"{origin}: has to define flag, or measure and decide (and members, for a group's claims)"
        )
    if rule.estimates and "members" not in functions:
        raise RulePackError(f"{origin}: estimates an amount and has no members, which name what it is of")
    return LoadedRule(
        rule=rule,
        page=read_page(module.__doc__ or "", origin),
        origin=origin,
        chapter=chapter,
        digest=digest,
        **functions,
    )


def _import(path: Path, origin: str) -> ModuleType:
    spec = spec_from_file_location(f"pbr_audit_rule_{path.stem}", path)
    if spec is None or spec.loader is None:  # pragma: no cover - importlib finds a loader for every .py
        raise RulePackError(f"{origin}: cannot be imported")
    module = module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # a rules folder is not ours to write in
    try:
        spec.loader.exec_module(module)
    except PbrAuditError:
        raise
    except Exception as error:
        line = _line_in(path, error)
        raise RulePackError(f"{origin}{line}: does not import ({type(error).__name__})") from error
    finally:
        sys.dont_write_bytecode = writes
    return module


def _line_in(path: Path, error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f" line {error.lineno}"
    numbers = [
        frame.lineno
        for frame in inspect.getinnerframes(error.__traceback__)  # type: ignore[arg-type]
        if frame.filename == str(path)
    ]
    return f" line {numbers[-1]}" if numbers else ""


def check_needs(rule: Rule, origin: str) -> None:
    """Refuse needs that name no table or column of the standard, or a table that cannot be split by `by`."""
    for table, values in rule.needs.holds.items():
        for name in values:
            if name not in rule.needs.required.get(table, ()):
                raise RulePackError(f"{origin}: looks for a value in {table}.{name}, which is not required")
    if others := [table for table in rule.needs.covariates if table not in rule.needs.tables()]:
        raise RulePackError(f"{origin}: reads covariates of {others[0]}, of which it needs no column")
    for table in rule.needs.tables():
        try:
            known = schema_of(table)
        except KeyError:
            raise RulePackError(
                f"{origin}: needs the table {table}, which the standard does not have"
            ) from None
        for name in rule.needs.columns(table):
            if name not in known:
                raise RulePackError(f"{origin}: needs {table}.{name}, which the standard does not have")
        if rule.by != WHOLE and is_split(table) and rule.by not in rule.needs.columns(table):
            raise RulePackError(
                f"{origin}: is split by {rule.by}, which its needs do not declare for {table}; "
                'declare it, or say by="whole"'
            )
