"""What a call takes, as tables: the kind and the bounds of every parameter, and the readers that hold to them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.exchange import Object
from reconciler.sandbox.kinds import KINDS


class Unfit(ValueError):
    """A parameter that is unknown, missing, given twice or out of its bounds.

    `parameter` is its name (`questions[0].body` for a member), `problem` what is wrong with it, and `rule` what it
    breaks: `unknown`, `missing`, `kind`, or the bound's own name, such as `choices`.
    """

    def __init__(self, parameter: str, problem: str, rule: str = "kind") -> None:
        super().__init__(f"{parameter}: {problem}")
        self.parameter = parameter
        self.problem = problem
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its kind (a name in KINDS), whether it must be there, its default, its bounds (included)."""

    name: str
    kind: str = "string"
    required: bool = False
    default: Any = None
    lowest: float | None = None
    highest: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    """What the whole text is like."""
    items: tuple[Parameter, ...] = field(default=())
    """The members of the objects that an array of kind `objects` holds."""
    nullable: bool = False
    shortest: int = 0
    longest: int | None = None
    """The least and the most characters of a text."""
    fewest: int = 0
    """The least entries of an array."""

    def read(self, value: Any, *, clamp: bool = False) -> Any:
        """The value to keep; Unfit where it is none of the documented ones. `clamp` cuts to the highest instead."""
        if value is None and self.nullable:
            return None
        try:
            kept = KINDS[self.kind].check(value)
        except ValueError as error:
            raise Unfit(self.name, str(error)) from error
        self._hold_text(kept)
        if self.highest is not None and kept > self.highest:
            if clamp:
                return self.highest
            raise Unfit(self.name, f"at most {self.highest:g} is allowed", "highest")
        if self.lowest is not None and kept < self.lowest:
            raise Unfit(self.name, f"at least {self.lowest:g} is expected", "lowest")
        if self.fewest and len(kept) < self.fewest:
            raise Unfit(self.name, f"at least {self.fewest} is needed", "fewest")
        if self.items:
            return [_member(self, index, entry) for index, entry in enumerate(kept)]
        return kept

    def _hold_text(self, kept: Any) -> None:
        """Hold a text, or each of an array's, to the choices, the pattern and the length."""
        for text in kept if isinstance(kept, list) and not self.items else [kept]:
            if self.choices and text not in self.choices:
                raise Unfit(self.name, f"one of {', '.join(self.choices)} is expected", "choices")
            if self.longest is not None and len(text) > self.longest:
                raise Unfit(self.name, f"at most {self.longest} characters are allowed", "longest")
            if len(str(text)) < self.shortest:
                raise Unfit(self.name, f"at least {self.shortest} characters are needed", "shortest")
            if self.pattern is not None and not re.fullmatch(self.pattern, str(text), re.ASCII):
                raise Unfit(self.name, f"text like {self.pattern} is expected", "pattern")


def read_text(parameter: Parameter, text: Any) -> Any:
    """The value of a query's or a form's text, or of an array's texts; Unfit where it is not allowed."""
    return parameter.read(_typed(parameter, text))


def read_pairs(
    table: Iterable[Parameter], pairs: Iterable[tuple[str, str]], *, clamped: Collection[str] = ()
) -> Object:
    """The values of a query or a form by name, with the defaults; Unfit for the first that the table refuses."""
    given: dict[str, str] = {}
    for name, text in pairs:
        if name in given:
            raise Unfit(name, "the parameter is given twice", "twice")
        given[name] = text
    known = {parameter.name: parameter for parameter in table}
    typed = {name: _typed(known[name], text) if name in known else text for name, text in given.items()}
    return _read(known, typed, clamped)


def read_object(table: Iterable[Parameter], body: Any) -> Object:
    """The members of a JSON object by name, with the defaults; Unfit for the first that the table refuses."""
    if not isinstance(body, Mapping):
        raise Unfit("body", "a JSON object is expected")
    return _read({parameter.name: parameter for parameter in table}, body, ())


def _read(known: Mapping[str, Parameter], given: Mapping[str, Any], clamped: Collection[str]) -> Object:
    for name in given:
        if name not in known:
            raise Unfit(name, "unknown parameter", "unknown")
    values: Object = {}
    for name, parameter in known.items():
        if name in given:
            values[name] = parameter.read(given[name], clamp=name in clamped)
        elif parameter.required:
            raise Unfit(name, "the parameter is missing", "missing")
        elif parameter.default is not None:
            values[name] = parameter.default
    return values


def _typed(parameter: Parameter, text: str) -> Any:
    try:
        return KINDS[parameter.kind].from_text(text)
    except ValueError as error:
        raise Unfit(parameter.name, str(error)) from error


def _member(parameter: Parameter, index: int, entry: Any) -> Object:
    place = f"{parameter.name}[{index}]"
    if not isinstance(entry, Mapping):
        raise Unfit(place, "an object is expected")
    try:
        return read_object(parameter.items, entry)
    except Unfit as unfit:
        raise Unfit(f"{place}.{unfit.parameter}", unfit.problem, unfit.rule) from unfit
