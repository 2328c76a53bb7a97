"""Which page a word asks for: that of an error code, of a kind or of a field; and what was meant where it is none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from reconciler.document import did_you_mean, listed, suggest
from reconciler.document.spelling import Template, dumped
from reconciler.errors import CATALOGUE, UNKNOWN_CODE, UNKNOWN_TOPIC, ReconcilerError
from reconciler.model import JSON
from reconciler.schema.example import example, value_of
from reconciler.schema.shipped import Shipped, shipped
from reconciler.schema.topic import Lost, Topic, children, found, lost

_CODE = re.compile(r"(R[A-Z]{2})?\d+\w?", re.IGNORECASE)  # what looks like one, in whatever order its letters are
_SHOWN = 80


def kinds() -> list[Shipped]:
    """The kinds that can be explained, sorted by name."""
    return [one for one in shipped().values() if one.header is not None]


def code_of(word: str) -> str | None:
    """The error code that a word spells, in either case and with or without its letters; None where it is no code at
    all. Raises RCN0303 for one that there is not."""
    code = word.strip().upper()
    digits = code.removeprefix("RCN")
    code = f"RCN{digits.zfill(4)}" if digits.isdecimal() and digits.isascii() else code
    if code in CATALOGUE:
        return code
    if not _CODE.fullmatch(code):
        return None
    near = _near(code, CATALOGUE)
    hint = f'did you mean "{near}"?' if near else ""
    raise ReconcilerError(UNKNOWN_CODE, f"no page for {word[:_SHOWN]!r}", hint=hint)


def topic_of(word: str) -> Topic:
    """The kind or the field that a word names. Raises RCN0321 where it is none, or several."""
    topics = found(word)
    if len(topics) == 1:
        return topics[0]
    if topics:
        *most, last = [topic.title.replace(".spec.", ".") for topic in topics]
        message = f"{len(topics)} vendors have {word[:_SHOWN]!r}"
        raise ReconcilerError(UNKNOWN_TOPIC, message, hint=f"write {', '.join(most)} or {last}")
    ends = lost(word)
    if ends:
        raise _no_field(ends[0])
    raise ReconcilerError(UNKNOWN_TOPIC, f"there is no kind and no code {word[:_SHOWN]!r}", hint=_meant(word))


def example_of(topic: Topic) -> str:
    """A kind's manifest, or a field with its value, as YAML; empty for a field that nobody writes."""
    if topic.schema.get("readOnly", False) or topic.name == "*":
        return ""
    shown = {topic.name: value_of(topic)} if topic.path else example(topic.kind)
    return dumped({name: _meant_so(value) for name, value in shown.items()})


def _meant_so(value: JSON) -> JSON:
    """The value with its placeholders as placeholders: an example's are never a text of a vendor's."""
    if isinstance(value, str):
        return Template(value)
    if isinstance(value, list):
        return [_meant_so(item) for item in value]
    return {name: _meant_so(item) for name, item in value.items()} if isinstance(value, dict) else value


def _no_field(end: Lost) -> ReconcilerError:
    names = [child.name for child in children(end.at)]
    where = end.at.title.removesuffix(".spec")
    hint = did_you_mean(end.name, names, f"its fields are {listed(names)}" if names else "it has no fields")
    return ReconcilerError(UNKNOWN_TOPIC, f'{where} has no field "{end.name[:_SHOWN]}"', hint=hint)


def _meant(word: str) -> str:
    """What was probably meant: a kind, one of a vendor's kinds, or else the kinds there are."""
    provider = word.strip().rstrip("/").lower()
    offered = [one.name for one in kinds() if one.name.partition("/")[0] == provider]
    if offered:
        return f"its kinds are {listed(offered)}"
    name, dot, path = word.strip().partition(".")
    holder = next((one.name for one in kinds() if found(f"{one.name}.{word.strip()}")), None)
    if holder is not None:
        return f"a field is named with its kind: reconciler explain {holder}.{word.strip()[:_SHOWN]}"
    known = {short: one.name for one in kinds() for short in (one.name, one.name.partition("/")[2])}
    near = suggest(name, known)
    return f'did you mean "{near}{dot}{path[:_SHOWN]}"?' if near else ""


def _near(code: str, known: Iterable[str]) -> str | None:
    """The code that was meant. Of four digits only their order may be wrong: any other code would be a guess."""
    whole = code.startswith("RCN") and len(code) == 7 and code[3:].isdecimal()
    likely = [other for other in known if not whole or sorted(other) == sorted(code)]
    return next(iter(get_close_matches(code, likely, n=1)), None)
