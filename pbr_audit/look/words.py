"""A source's own words for those of a closed vocabulary: which are certain, suggested, or neither."""

from collections.abc import Mapping
from dataclasses import dataclass

from pbr_audit.look.facts import Facts
from pbr_audit.tables import Column
from pbr_audit.tables.cohort import YES_AND_NO, YES_OR_NO
from pbr_audit.tables.synonyms import plain

_Words = Mapping[str, Mapping[str, str]]


def _folded(*entries: tuple[str, str, str]) -> _Words:
    """Column -> folded word -> the standard's word, from (column, the standard's word, folded words)."""
    read: dict[str, dict[str, str]] = {}
    for column, meant, words in entries:
        read.setdefault(column, {}).update(dict.fromkeys(words.split(), meant))
    return read


# Words that mean nothing else in a column of this name.
CERTAIN = _folded(
    ("tier", "prime", "primeprovider primecontractor primecontract tier1"),
    ("tier", "subcontractor", "sub subcontract subprovider tier2"),
    ("status", "submitted", "claimed claimsubmitted resubmitted"),
    ("status", "paid", "paidinfull"),
    ("status", "rejected", "declined refused"),
    ("status", "withdrawn", "cancelled canceled"),
    ("status", "recovered", "recouped clawedback"),
    ("decision", "accepted", "accept yes y"),
    ("decision", "rejected", "reject declined refused no n"),
    ("decision", "withdrawn", "cancelled canceled"),
    ("decision", "pending", "awaitingdecision undecided"),
    ("event", "death", "died deceased dead"),
    ("event", "custody", "prison incustody imprisonment remand"),
    ("event", "abroad", "leftuk outofcountry"),
    ("event", "employment", "employed job inwork"),
    ("event", "benefit", "benefits onbenefit"),
    ("event", "reoffence", "reoffended reconviction reoffending"),
    ("end_reason", "completed", "complete programmecompleted completedprogramme"),
    ("end_reason", "excluded", "excludedfromprogramme"),
    ("end_reason", "withdrew", "withdrawn clientwithdrew voluntarywithdrawal"),
    ("end_reason", "moved", "movedaway movedoutofarea movedarea relocated"),
    ("end_reason", "ill_health", "health sick sickness illness"),
    ("end_reason", "died", "death deceased"),
    ("end_reason", "transferred", "transfer transferredout transferredtootherprovider"),
    ("role", "prime", "primecontractor primeprovider leadprovider"),
    ("role", "subcontractor", "sub subprovider deliverypartner"),
    ("role", "both", "primeandsubcontractor primeandsub"),
)
# Words that most people mean so, and somebody has to say it.
SUGGESTED = _folded(
    ("tier", "prime", "main lead direct"),
    ("tier", "subcontractor", "partner supplychain"),
    ("status", "submitted", "approved pending received validated authorised open new queried onhold"),
    ("status", "paid", "settled"),
    ("status", "rejected", "failed"),
    ("status", "withdrawn", "void"),
    ("status", "recovered", "credited"),
    ("decision", "accepted", "started"),
    ("decision", "rejected", "notaccepted"),
    ("decision", "withdrawn", "dna"),
    ("decision", "pending", "open"),
    ("event", "benefit", "benefitclaim uc"),
    ("event", "abroad", "emigrated"),
    ("event", "other", "arrest"),
    ("end_reason", "completed", "jobfound jobsustained success successful foundwork employment"),
    ("end_reason", "excluded", "sanctioned didnotattend dna custody prison recalled breach"),
    ("end_reason", "withdrew", "disengaged droppedout optedout"),
    ("end_reason", "transferred", "contractended"),
    ("end_reason", "other", "unknown"),
    ("role", "prime", "lead main tier1"),
    ("role", "subcontractor", "partner tier2"),
)
# More words than these are no vocabulary, and a word that hardly comes back may be somebody's.
MOST_WORDS = 15
_LONGEST = 40


@dataclass(frozen=True)
class Word:
    """A word of the source, what it means (None: nobody knows) and whether that is certain."""

    word: str
    meant: str | None
    is_certain: bool


@dataclass(frozen=True)
class Vocabulary:
    """The words of a closed column that are not the standard's; `unlisted` of them are not shown."""

    words: tuple[Word, ...]
    unlisted: int


def meaning(column: Column, word: str) -> tuple[str | None, bool]:
    """What a source's word means in `column`, and whether that is certain."""
    folded = plain(word)
    own = {plain(choice): choice for choice in column.choices}
    certain = own | dict(CERTAIN.get(column.name, {}))
    if folded in certain:
        return certain[folded], True
    return SUGGESTED.get(column.name, {}).get(folded), False


def known_share(column: Column, facts: Facts) -> float:
    """The share of rows whose word the standard has or is known to mean one of its own."""
    words = facts.words
    if words.is_empty() or words.height > MOST_WORDS:
        return 0.0
    known = [meaning(column, word)[1] for word in words["word"]]
    return float(words["rows"].filter(known).sum()) / float(words["rows"].sum())


def vocabulary(column: Column, facts: Facts) -> Vocabulary:
    """What a value map has to say for a closed column.

    Known words are shown whatever they are. An unknown one is shown only where there are few, it comes back
    and looks like a word: a cell that slipped into the column may be somebody's name.
    """
    rows = dict(facts.words.iter_rows())
    known = {*column.choices, *(YES_AND_NO if column.choices == YES_OR_NO else ())}
    read = [Word(word, *meaning(column, word)) for word in sorted(rows) if word not in known]
    shown = [
        word for word in read if word.meant is not None or _may_be_shown(word.word, rows[word.word], facts)
    ]
    return Vocabulary(tuple(shown), len(read) - len(shown))


def _may_be_shown(word: str, rows: int, facts: Facts) -> bool:
    is_word = len(word) <= _LONGEST and not any(sign.isdigit() or sign == "@" for sign in word)
    return facts.sensitive is None and facts.distinct <= MOST_WORDS and rows > 1 and is_word
