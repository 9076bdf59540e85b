"""Names for an invented world: put together from syllables, so that they are nobody's."""

import numpy as np

from pbr_audit.simulate.chain import PRIMES


def _syllables(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN_STARTS = _syllables(
    "Ab Al Am An Ba Be Bri Ca Ce Da De Do El Em Fa Fe Ga Gi Ha He Is Ja Jo Ka Ke La Le Li Lo Ma Me Mi "
    "Na Ne No Or Pa Pe Ra Re Ro Sa Se Si Ta Te To Va Ve Wi Ya Ze"
)
GIVEN_ENDS = _syllables(
    "bbin dalo dris fren gan kira lden lira lvin mel mira mund nara nessa nik phia rane rell ric vana"
)
FAMILY_STARTS = _syllables(
    "Ald Ash Bar Bel Bram Cal Car Dal Dun Elm Fal Fen Gar Glen Hal Har Hol Kel Kin Lan Lin Mal Mar Mor "
    "Nor Oak Pel Pen Quil Ram Ros Sel Shel Stan Tam Thor Ul Van Wes Wil Yar Zel"
)
FAMILY_MIDDLES = _syllables("a an be der en er i in le mo o ra sten ta ve wi")
FAMILY_ENDS = _syllables(
    "bury by combe dale don field ford gate ham hurst ley low mere more shaw stock ton well wick worth"
)
TOWN_ENDS = _syllables("bridge cliff cove haven mouth pool port sands side wold")

GIVEN_NAMES = tuple(start + end for start in GIVEN_STARTS for end in GIVEN_ENDS)
FAMILY_NAMES = tuple(
    start + middle + end for start in FAMILY_STARTS for middle in FAMILY_MIDDLES for end in FAMILY_ENDS
)


def provider_id(provider: int) -> str:
    """Return the id of a provider by its number: primes first, then subcontractors."""
    return f"PR{provider + 1:02d}" if provider < PRIMES else f"SB{provider - PRIMES + 1:03d}"


def provider_number(name: str) -> int:
    """Return the number of a provider by its id."""
    number = int(name[2:]) - 1
    return number if name.startswith("PR") else number + PRIMES


def provider_ids(providers: int) -> list[str]:
    """Return the ids of all providers, by number."""
    return [provider_id(provider) for provider in range(providers)]


def place_names(rng: np.random.Generator, count: int) -> list[str]:
    """Return different invented names for places and organisations."""
    names = [
        start + middle + end for start in FAMILY_STARTS for middle in FAMILY_MIDDLES for end in TOWN_ENDS
    ]
    return [names[place] for place in rng.permutation(len(names))[:count]]


def zipf_places(
    rng: np.random.Generator, names: int, count: int
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Draw places in a list of names of which the first are the commonest."""
    shares = 1 / (np.arange(names) + 12.0)
    limits = np.cumsum(shares / shares.sum())
    limits[-1] = 1.0
    return np.searchsorted(limits, rng.random(count), side="right").astype(np.int64)
