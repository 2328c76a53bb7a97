"""Choices read from a strip of random bytes: one draw a case is a hundred times quicker than a draw a choice, and the
strip still shrinks, since zeros mean the plainest choice everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Tape:
    """Reads on from choice to choice; behind its end there are zeros."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def __repr__(self) -> str:
        return f"Tape({self._data.rstrip(bytes(1))!r})"

    @property
    def left(self) -> bool:
        """Whether the end is not reached yet."""
        return self._at < len(self._data)

    def below(self, most: int) -> int:
        """A number from 0 up to ``most`` - 1."""
        size = 1 if most <= 256 else 4
        part = self._data[self._at : self._at + size]
        self._at += size
        return int.from_bytes(part, "big") % most

    def pick(self, choices: Sequence[T]) -> T:
        """One of several; the first is the plainest."""
        return choices[self.below(len(choices))]

    def rarely(self, one_in: int = 8) -> bool:
        """True once in so many times."""
        return self.below(one_in) == one_in - 1

    def bytes(self, most: int) -> bytes:
        """A few bytes of any sort."""
        size = self.below(most + 1)
        self._at += size
        return self._data[self._at - size : self._at]


def tapes(size: int = 160) -> st.SearchStrategy[Tape]:
    """Strips of a length that is enough for most cases."""
    return st.binary(min_size=size, max_size=size).map(Tape)
