"""The live objects of one kind in one connection, found by key, by likeness, or as twins of what was recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from reconciler.diff import equal, matches
from reconciler.model import JSON, Observed
from reconciler.schema import ResourceType
from reconciler.schema.field import RULES

Key = tuple[JSON, ...]


class Pool:
    """Live objects, indexed when first asked."""

    def __init__(self, rtype: ResourceType, objects: list[Observed]) -> None:
        self.rtype = rtype
        self.objects = objects
        self.by_id = {o.id: o for o in objects}
        self._by_key: dict[Key, list[Observed]] | None = None
        self._by_near: dict[Key, list[Observed]] | None = None
        self._by_part: dict[tuple[str, JSON], list[Observed]] | None = None

    def recognised(self, fields: Mapping[str, JSON]) -> list[Observed]:
        """The objects the kind's key recognises; none of a kind that is told by its id alone."""
        if self.rtype.key.match == "pinned":
            return []
        if self.rtype.key.any:
            return [o for o in self._sharing(fields) if self.rtype.same_key(fields, o.fields)]
        if self._by_key is None:
            self._by_key = _index(self.objects, self.rtype.key_of)
        found = self._by_key.get(self.rtype.key_of(fields), [])
        if self.rtype.key.match == "key":
            return found
        return [o for o in found if matches(self.rtype, fields, o.fields)]

    def near(self, fields: Mapping[str, JSON]) -> list[Observed]:
        """The objects that might be meant, by the kind's looser rule."""
        if self.rtype.key.near is None:
            return []
        if self.rtype.key.any:
            return self._sharing(fields)
        if self._by_near is None:
            self._by_near = _index(self.objects, self._near_key)
        return self._by_near.get(self._near_key(fields), [])

    def _near_key(self, fields: Mapping[str, JSON]) -> Key:
        rule = self.rtype.key.near
        assert rule is not None
        key = []
        for name in rule.fields:
            value = fields.get(name)
            for step in rule.normalise:
                value = RULES[step](value)
            key.append(value)
        return tuple(key)

    def _near_parts(self, fields: Mapping[str, JSON]) -> list[tuple[str, JSON]]:
        """The parts of the looser key that say something, each by its name."""
        rule = self.rtype.key.near
        assert rule is not None
        return [pair for pair in zip(rule.fields, self._near_key(fields), strict=True) if pair[1] is not None]

    def _sharing(self, fields: Mapping[str, JSON]) -> list[Observed]:
        """The objects with one of the looser key's parts in common."""
        if self._by_part is None:
            self._by_part = defaultdict(list)
            for observed in self.objects:
                for part in self._near_parts(observed.fields):
                    self._by_part[part].append(observed)
        found = (o for part in self._near_parts(fields) for o in self._by_part.get(part, ()))
        return list({o.id: o for o in found}.values())

    def twins(self, recorded: Mapping[str, JSON]) -> list[Observed]:
        """Objects that equal what was recorded in every telling field but have another key."""
        telling = [name for name in self.rtype.key.twin if recorded.get(name)]
        if not telling:
            return []
        fields = self.rtype.fields
        return [o for o in self.objects if all(equal(fields[n], recorded[n], o.fields.get(n)) for n in telling)]


def _index(objects: Iterable[Observed], key: Callable[[Mapping[str, JSON]], Key]) -> dict[Key, list[Observed]]:
    index: dict[Key, list[Observed]] = defaultdict(list)
    for observed in objects:
        index[key(observed.fields)].append(observed)
    return dict(index)


def names(rtype: ResourceType, objects: Iterable[Observed]) -> str:
    """Live objects as a sentence lists them: id, and key unless that is somebody's."""
    found = ((o.id, rtype.key_text(o.fields)) for o in sorted(objects, key=lambda o: o.id))
    return ", ".join(f"{id} ({key})" if key else id for id, key in found)
