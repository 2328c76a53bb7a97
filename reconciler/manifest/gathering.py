"""The problems of one run as they come in: no more than are told, and what fails alike in many rows told once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from reconciler import errors
from reconciler.document import listed
from reconciler.errors import ReconcilerError
from reconciler.model import Source

MOST_PROBLEMS = 500  # told in one run; who has more of them wants to mend these first
_MOST_ECHOES = 2_000  # rows that fail like one before, after which no more are looked for
_LINES = 10  # of such rows that are named


class RowFault(ReconcilerError):
    """What is wrong with one row of a ResourceSet.

    ``mark`` is the same for all rows in which the same part of the same template fails in the same way; ``row`` is
    where the row begins; ``aside`` says what the place alone does not; ``rows`` is how many rows there are.
    """

    def __init__(self, told: ReconcilerError, mark: Hashable, row: Source, aside: str, rows: int) -> None:
        super().__init__(
            told.code, told.message, hint=told.hint, source=told.source, snippet=told.snippet, span=told.span
        )
        self.mark, self.row, self.aside, self.rows = mark, row, aside, rows


@dataclass(slots=True)
class Gathering:
    """Takes problems until there are too many."""

    problems: list[ReconcilerError] = field(default_factory=list)
    _rows: dict[Hashable, list[Source]] = field(default_factory=dict)  # those that fail alike
    _echoes: int = 0

    @property
    def full(self) -> bool:
        """Whether no more are looked for."""
        return len(self.problems) > MOST_PROBLEMS or self._echoes > _MOST_ECHOES

    def add(self, more: Iterable[ReconcilerError]) -> None:
        """Take problems as long as there are not too many; beyond that, no more are looked for."""
        if self.full:
            return
        for error in more:
            if not self._echo(error):
                self.problems.append(error)
            if self.full:
                return

    def _echo(self, error: ReconcilerError) -> bool:
        """Whether the same is wrong with a row before, so that its line is all there is to say."""
        if not isinstance(error, RowFault):
            return False
        rows = self._rows.setdefault(error.mark, [])
        if error.row not in rows[-1:]:  # what is wrong with one part of a row is told once
            rows.append(error.row)
            self._echoes += len(rows) > 1
        return len(rows) > 1 or error.row is not rows[0]

    def told(self) -> list[ReconcilerError]:
        """What is told: the first problems, and a word on those that are not."""
        problems = [self._with_rows(error) for error in self.problems[:MOST_PROBLEMS]]
        return _one_a_place([*self._more(), *problems])

    def _more(self) -> list[ReconcilerError]:
        """A word on the problems that are not told."""
        if len(self.problems) > MOST_PROBLEMS:
            message = f"there are more than {MOST_PROBLEMS} problems; these are some of them"
        elif self.full:
            message = f"more than {_MOST_ECHOES:,} rows fail alike; what lies behind them was not looked at"
        else:
            return []
        return [ReconcilerError(errors.MORE_PROBLEMS, message)]

    def _with_rows(self, error: ReconcilerError) -> ReconcilerError:
        if not isinstance(error, RowFault):
            return error
        parts = [part for part in (error.aside, _others(self._rows[error.mark], error)) if part]
        message = f"{error.message} ({'; '.join(parts)})" if parts else error.message
        return ReconcilerError(
            error.code, message, hint=error.hint, source=error.source, snippet=error.snippet, span=error.span
        )


def _others(rows: list[Source], fault: RowFault) -> str:
    others = len(rows) - 1
    if not others:
        return ""
    if len(rows) == fault.rows:
        return f"the same in all {fault.rows} rows"
    which = listed((str(row.line) for row in rows[1:]), _LINES)
    return f"the same in line {which}" if others == 1 else f"the same in {others} rows more, lines {which}"


def _one_a_place(problems: Iterable[ReconcilerError]) -> list[ReconcilerError]:
    """What YAML or a placeholder refuses also fails later checks; the first word on a place is enough."""
    kept: list[ReconcilerError] = []
    refused = set()
    for error in problems:
        place = (error.source.file, error.source.line) if error.source else None
        if place is None or place not in refused:
            kept.append(error)
        if place is not None and error.code in _FIRST_CODES:
            refused.add(place)
    return kept


_FIRST_CODES = frozenset(
    {
        errors.YAML_TAG,
        errors.KEY_NOT_TEXT,
        errors.EMPTY_VALUE,
        errors.YAML_ALIAS,
        errors.NUMBER_TOO_LONG,
        errors.VALUE_UNKNOWN,
        errors.PLACEHOLDER_UNFIT,
        errors.PLACEHOLDER_MISPLACED,
        errors.VALUE_NOT_TEXT,
    }
)
