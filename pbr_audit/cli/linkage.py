"""`pbr-audit linkage`: registrations linked into people, trained, scored and shown apart from rules."""

from pathlib import Path
from typing import Any

import click

from pbr_audit.cli.options import dataset_argument, progress
from pbr_audit.errors import Exit

MATCH = 0.95
seed_option = click.option(
    "--seed", type=int, default=0, show_default=True, help="Seed of the random pairs that are drawn."
)
policy_option = click.option(
    "--policy",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Keys and columns, in place of those chosen from the columns that exist.",
)
model_option = click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A trained model; without it one is trained on DATASET itself.",
)


@click.group("linkage")
def command() -> None:
    """Find one person behind several registrations, and see how well that went."""


@command.command("policy")
@dataset_argument
def policy_command(dataset: Path) -> int:
    """Print what DATASET's people would be compared on, as a file to change and give to --policy."""
    from pbr_audit import review

    with review.registrations(dataset) as found:
        click.echo(found.policy.to_toml(), nl=False)
        _cannot_see(found.policy.cannot_see, comment="# ")
    return int(Exit.RAN)


@command.command("train")
@dataset_argument
@click.option(
    "--model", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Where the model goes."
)
@policy_option
@seed_option
def train_command(dataset: Path, model: Path, policy: Path | None, seed: int) -> int:
    """Learn from DATASET's registrations how one person's records differ, and write it into a file.

    The file holds no person's values: how often each level of agreement occurs, and the hashes of values that
    at least five registrations have.
    """
    from pbr_audit import review

    with progress() as tell, review.registrations(dataset, policy) as found:
        tell("comparing and learning")
        learnt = review.trained(found, seed)
        registrations = found.people.height
    _save(learnt, model)
    homes = (
        f", and {learnt.expected_households:,.0f} of one household or family" if learnt.has_household else ""
    )
    click.echo(
        f"{model}: learnt from {registrations:,} registrations, among whose pairs it expects "
        f"{learnt.expected_matches:,.0f} of one person{homes}."
    )
    _cannot_see(learnt.policy.cannot_see)
    click.echo(f"Next: pbr-audit linkage report {dataset} --model {model}")
    return int(Exit.RAN)


@command.command("score")
@dataset_argument
@model_option
@policy_option
@click.option(
    "--at",
    type=click.FloatRange(0, 1),
    default=MATCH,
    show_default=True,
    metavar="P",
    help="From which probability on two registrations are joined.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="A new folder to write."
)
@seed_option
def score_command(
    dataset: Path, model: Path | None, policy: Path | None, at: float, out: Path, seed: int
) -> int:
    """Write which registrations of DATASET are probably one person's: pairs.csv, people.csv and more."""
    from pbr_audit import review
    from pbr_audit.new_folder import check_new
    from pbr_audit.reports.formats import write_csv
    from pbr_audit.validate.private import private_folder

    check_new(out)
    with progress() as tell, review.registrations(dataset, policy) as found:
        tell("comparing and scoring")
        tables = review.tables(found, review.scored(found, model, seed), at)
    private_folder(out)
    for name, frame in tables.items():
        with (out / f"{name}.csv").open("wb") as file:
            write_csv(frame, file)
    people = tables["people"]
    several = people.filter(people["registrations"] > 1)["person"].n_unique()
    click.echo(
        f"{out}: {people.height:,} registrations are of {people['person'].n_unique():,} people, "
        f"{several:,} of them registered more than once; {tables['split'].height:,} likely pairs were not "
        "joined, because something speaks against it (split.csv)."
    )
    return int(Exit.RAN)


@command.command("report")
@dataset_argument
@model_option
@policy_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("linkage.html"),
    show_default=True,
    metavar="FILE",
    help="The page to write.",
)
@seed_option
def report_command(dataset: Path, model: Path | None, policy: Path | None, out: Path, seed: int) -> int:
    """Write a page on how DATASET's people are linked: is it right, what did it miss, what counts."""
    from pbr_audit import review
    from pbr_audit.reports.linkage_figures import figures
    from pbr_audit.reports.linkage_page import linkage_html, reach_sentences

    with progress() as tell, review.registrations(dataset, policy) as found:
        tell("comparing and scoring")
        scored = review.scored(found, model, seed)
        tell("writing the page")
        measured = figures(found.people, scored, at=MATCH, known=found.known)
        unseen = tuple(f"Not to be seen in hashes: {error}." for error in found.policy.cannot_see)
        page = linkage_html(found.name, measured, unseen)
    _written(out, page)
    click.echo(
        f"{measured.registrations:,} registrations, {measured.compared:,} pairs compared: "
        f"{measured.found:,} are one person at {MATCH} or more; the model expects {measured.matches:,.0f}."
    )
    for sentence in reach_sentences(measured):
        click.echo(sentence)
    click.echo(f"Page: {out}")
    return int(Exit.RAN)


def _cannot_see(errors: tuple[str, ...], *, comment: str = "") -> None:
    if errors:
        click.echo(f"{comment}What linkage cannot see in hashes:")
        for error in errors:
            click.echo(f"{comment}  {error}")


def _save(model: Any, path: Path) -> None:
    _written(path, model.to_json() + "\n")


def _written(path: Path, text: str) -> None:
    from pbr_audit.errors import UsageError

    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from error
