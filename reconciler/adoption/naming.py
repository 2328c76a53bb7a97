"""Names of manifests for live objects: readable, valid, each once, and the same on every run.

A name comes from the first field of the kind's key. Where letters of it have no Latin spelling, or several objects
share it, the vendor's id makes it one. What cannot be told apart by that either gets a digest of connection and id.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import count
from typing import Final

from reconciler.model import Address, Observed
from reconciler.schema import Registry, ResourceType
from reconciler.schema.personal import is_personal

Place = tuple[str, str, str]  # connection, kind, id
_LONGEST: Final = 80  # characters of a name's first part; what makes it unique comes behind
_LONGEST_ID: Final = 40
_LETTERS: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "ng"}
)
_DROPPED: Final = re.compile(r"['’ʼ`´]")
_OTHERS: Final = re.compile(r"[^a-z0-9]+")
# A file of such a name cannot be made on Windows, whatever its suffix.
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9])\Z")


def place_of(observed: Observed) -> Place:
    """What tells a live object from all others."""
    return observed.connection, observed.kind, observed.id


def named(objects: Iterable[Observed], registry: Registry, taken: Collection[Address] = ()) -> dict[Place, Address]:
    """An address for each object, none of them among ``taken``; the same whatever the order of the objects.

    A name that two of them ask for is nobody's: both ask for a longer one.
    """
    found: dict[Place, Address] = {}
    used = set(taken)
    asking = {place_of(o): o for o in objects}
    attempts = count()
    while asking:
        attempt = next(attempts)
        wanted = {place: _address(registry.get(o.kind), o, attempt) for place, o in asking.items()}
        askers = Counter(wanted.values())
        found |= {place: address for place, address in wanted.items() if askers[address] == 1 and address not in used}
        used.update(wanted.values())
        asking = {place: o for place, o in asking.items() if place not in found}
    return found


def _address(rtype: ResourceType, observed: Observed, attempt: int) -> Address:
    """What an object asks for at first, then with its id, then with more and more of a digest."""
    name = _wanted(rtype, observed)
    if attempt:
        name += f"-{_ending(observed, name) if attempt == 1 else _digest(observed, 4 + attempt)}"
    return Address(rtype.provider, rtype.type, name)


def folded(text: str) -> str:
    """A text in the letters of a name, words joined by ``-``; empty where nothing of it is left."""
    return _cut(_OTHERS.sub("-", _latin(text)).strip("-"))


def _latin(text: str) -> str:
    """Lower-case letters without their accents. An umlaut loses its dots: the text does not say its language."""
    apart = unicodedata.normalize("NFKD", _DROPPED.sub("", text).casefold().translate(_LETTERS))
    return "".join(character for character in apart if not unicodedata.combining(character)).casefold()


def _wanted(rtype: ResourceType, observed: Observed) -> str:
    """The name that an object asks for; one that says too little of it, or nothing, has its id as well."""
    field = rtype.fields[rtype.key.fields[0]]
    text = "" if is_personal(field) else str(observed.fields.get(field.name) or "")
    name, kind = folded(text), rtype.type.lower()
    if not name:
        return f"{kind}-{_ending(observed, kind)}"
    if any(letter.isalpha() and not letter.isascii() for letter in _latin(text)):
        return f"{name}-{_ending(observed, name)}"
    return f"{kind}-{name}" if _RESERVED.match(name) else name


def _ending(observed: Observed, name: str) -> str:
    """What is put behind a name that does not say enough: the id, unless it is long or says nothing more."""
    id = folded(observed.id)
    return id if id and id != name and len(id) <= _LONGEST_ID else _digest(observed, 8)


def _digest(observed: Observed, length: int) -> str:
    text = "\0".join(place_of(observed))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def _cut(name: str) -> str:
    """No longer than is read; between two words, where there are any."""
    if len(name) <= _LONGEST:
        return name
    head = name[: _LONGEST + 1].rpartition("-")[0] if "-" in name[_LONGEST // 2 : _LONGEST + 1] else name[:_LONGEST]
    return head.strip("-")
