"""What a rule's `shift` draws chance from; a numpy Generator is one, and rules cannot import numpy."""

from typing import Any, Protocol

from numpy.typing import NDArray


class Draws(Protocol):
    """Random numbers from a stated seed."""

    def random(self, size: int, /) -> NDArray[Any]:
        """Return `size` numbers from 0 up to 1."""

    def binomial(self, n: NDArray[Any], p: float, /) -> NDArray[Any]:
        """Return of each of `n` trials how many came out, each with the chance `p`."""
