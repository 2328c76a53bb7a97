"""One case: run, timed, weighed, and its errors held to what every error has to be."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from hypothesis import HealthCheck, Phase, given, settings

from reconciler import errors
from reconciler.errors import Problems, ReconcilerError
from reconciler.report.document import dumps
from reconciler.report.problem import problems_document, problems_text
from tests.fuzz.clock import seconds
from tests.fuzz.figures import FIGURES, MEGABYTE, Tally
from tests.fuzz.tape import tapes
from tests.fuzz.weight import scale

CASES = int(os.environ.get("RECONCILER_FUZZ_CASES") or 2000)
SECONDS = 2.0
BYTES = 200 * MEGABYTE

T = TypeVar("T")


def cases(share: float, size: int = 160) -> Callable[[Any], Any]:
    """A property over a share of all cases of a group; each is made from a ``tape`` of so many bytes."""

    def declare(test: Any) -> Any:
        limits = settings(
            max_examples=max(1, round(CASES * share)),
            deadline=None,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        return limits(given(tape=tapes(size))(test))

    return declare


@dataclass(frozen=True, slots=True)
class Verdict(Generic[T]):
    """What became of a case: a value, or the errors that refused it."""

    value: T | None
    errors: tuple[ReconcilerError, ...] = ()

    @property
    def codes(self) -> set[str]:
        """The codes of the errors."""
        return {error.code for error in self.errors}


def tried(group: str, work: Callable[[], T]) -> Verdict[T]:
    """Run a case. Any exception but the declared ones is let out; so is what takes too long or too much.

    A case that took too long is run once more: a disk may have been slow.
    """
    verdict, took, size = _measured(work)
    if took > SECONDS:
        verdict, again, size = _measured(work)
        took = min(took, again)
    _note(FIGURES.of(group), verdict, took, size)
    assert took <= SECONDS, f"took {took:.1f} s"
    assert size <= BYTES, f"took {size / MEGABYTE:.0f} MB"
    return verdict


def _measured(work: Callable[[], T]) -> tuple[Verdict[T], float, int]:
    grown = scale()
    began = seconds()
    verdict = _verdict(work)
    return verdict, seconds() - began, grown()


def _verdict(work: Callable[[], T]) -> Verdict[T]:
    """The case and the telling of its errors: what is told is hostile as well."""
    try:
        return Verdict(work())
    except Problems as problems:
        found = problems.errors
    except ReconcilerError as error:
        found = (error,)
    assert found, "refused without a reason"
    for error in found:
        assert error.code in errors.CATALOGUE and error.code != errors.INTERNAL, error.code
    harmless(problems_text(found) + dumps(problems_document(found)))
    return Verdict(None, found)


def harmless(text: str) -> None:
    """Output that moves no cursor, hides nothing and can be written as UTF-8."""
    assert text.encode()
    hidden = {character for character in text if not character.isprintable()} - {"\n"}
    assert not [c for c in hidden if not _blank(c)], hidden


def _blank(character: str) -> bool:
    """Spaces of other widths and letters younger than this Python are not printable to it, and harmless."""
    return unicodedata.category(character) in ("Zs", "Cn", "Co")


def _note(tally: Tally, verdict: Verdict[Any], took: float, size: int) -> None:
    tally.cases += 1
    tally.refused += bool(verdict.errors)
    tally.codes.update(verdict.codes)
    tally.slowest = max(tally.slowest, took)
    tally.peak = max(tally.peak, size)
