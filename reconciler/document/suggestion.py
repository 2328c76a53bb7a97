"""The nearest known word to a mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LONGEST = 100
_MANY = 500  # beyond this, only words of like length and like beginning or end are compared


def suggest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None."""
    if len(word) > _LONGEST:
        return None
    folded = {name.casefold(): name for name in sorted(known, reverse=True)}
    wanted = word.casefold()
    names = list(folded) if len(folded) <= _MANY else [name for name in folded if _alike(wanted, name)]
    close = difflib.get_close_matches(wanted, names[:_MANY], n=1)
    return folded[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint that names the nearest word, else ``otherwise``."""
    found = suggest(word, known)
    return f'did you mean "{found}"?' if found else otherwise


def listed(words: Iterable[str], most: int = 20) -> str:
    """Words in a sentence, the first ``most`` of them."""
    names = list(words)
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def _alike(wanted: str, name: str) -> bool:
    return abs(len(wanted) - len(name)) <= 2 and (wanted[:2] == name[:2] or wanted[-2:] == name[-2:])
