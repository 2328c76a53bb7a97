"""Everything the vendors know: settings, collections, counters, and an optional JSON file that mirrors them."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from reconciler.sandbox.clock import from_epoch, utc_text
from reconciler.sandbox.collection import Collection
from reconciler.sandbox.exchange import Object, Touch
from reconciler.sandbox.shapes import SETTINGS, SHAPES, Shape, code_for, uuid_for

CLOCK_START = 1_600_000_000
CLOCK_STEP = 60


class Store:
    """The vendors' memory; every public method takes the lock, and a change reaches the file before it returns."""

    def __init__(self, seed: Mapping[str, Any] | None = None, file: str | Path | None = None) -> None:
        """Load `file` if it exists, else the seed; ValueError for a seed of the wrong shape."""
        self.lock = threading.RLock()
        self.version = 0
        self.touches: list[Touch] = []
        self.settings: dict[str, Object] = {}
        self._collections = {shape.name: Collection(shape, self._changed) for shape in SHAPES}
        self._counters: dict[str, int] = {}
        self._depth = 0
        self._saved = 0
        self._file = None
        path = None if file is None else Path(file)
        stored = path is not None and path.exists()
        self.load(json.loads(path.read_text("utf-8")) if path is not None and stored else seed or {})
        if path is not None:
            self._file = path
            if not stored:
                self._save()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock; write the file once at the outermost end if anything changed."""
        with self.lock:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0 and self.version != self._saved:
                    self._save()

    def collection(self, vendor: str, name: str) -> Collection:
        """A vendor's collection; KeyError for an unknown one."""
        return self._collections[f"{vendor}/{name}"]

    def objects(self, vendor: str, name: str) -> list[Object]:
        """Copies of a collection's objects in order of arrival."""
        with self.lock:
            return deepcopy(list(self.collection(vendor, name)))

    def insert(self, vendor: str, name: str, values: Mapping[str, Any]) -> Object:
        """Add an object, its missing fields, ids and stamps filled in; ValueError for a missing or taken key."""
        with self.transaction():
            collection = self.collection(vendor, name)
            item = self._complete(collection, values)
            key = str(item[collection.shape.key])
            if key in collection:
                raise ValueError(f"{vendor}/{name} {key} exists")
            collection.put(item)
            self.touch("created", vendor, name, key)
            return item

    def change(self, vendor: str, name: str, key: str, values: Mapping[str, Any]) -> Object:
        """Overwrite some fields of an object, its key too; KeyError for an unknown one, ValueError for a taken key."""
        with self.transaction():
            collection = self.collection(vendor, name)
            found = collection.get(key)
            if found is None:
                raise KeyError(key)
            item = found | deepcopy(dict(values))
            new_key = str(item[collection.shape.key])
            if new_key != key and new_key in collection:
                raise ValueError(f"{vendor}/{name} {new_key} exists")
            self._number_children(collection.shape, item)
            collection.put(item, key)
            self.touch("updated", vendor, name, new_key)
            return item

    def remove(self, vendor: str, name: str, key: str) -> bool:
        """Take an object out; False where there was none."""
        with self.transaction():
            gone = self.collection(vendor, name).remove(key)
            if gone:
                self.touch("deleted", vendor, name, key)
            return gone

    def touch(self, action: str, vendor: str, name: str, *keys: str) -> None:
        """Note what the present request did; the server clears the notes before each request."""
        self.touches.append(Touch(action, vendor, name, keys))

    def count(self, counter: str) -> int:
        """The next value of a counter, from 1."""
        with self.transaction():
            self._counters[counter] = self._counters.get(counter, 0) + 1
            self._changed()
            return self._counters[counter]

    def tick(self) -> int:
        """The next instant of the counter clock, in seconds since the epoch."""
        return CLOCK_START + CLOCK_STEP * self.count("clock")

    def dump(self) -> dict[str, Any]:
        """Everything, in the shape of a seed."""
        with self.lock:
            content: dict[str, Any] = {vendor: deepcopy(settings) for vendor, settings in self.settings.items()}
            for collection in self._collections.values():
                content[collection.shape.vendor][collection.shape.collection] = deepcopy(list(collection))
            return content | {"counters": dict(self._counters)}

    def load(self, seed: Mapping[str, Any]) -> None:
        """Replace everything by a seed; ValueError names the part that is wrong, and nothing has changed then."""
        _check_seed(seed)
        with self.transaction():
            before = self.dump() if self.settings else None
            try:
                self._fill(seed)
            except (ValueError, KeyError, TypeError) as error:
                if before is not None:
                    self._fill(before)
                raise ValueError(f"unusable seed: {error}") from error

    def _fill(self, seed: Mapping[str, Any]) -> None:
        for collection in self._collections.values():
            collection.clear()
        self._counters = dict(seed.get("counters", {}))
        self.settings = {
            vendor: deepcopy({name: seed.get(vendor, {}).get(name, default) for name, default in known.items()})
            for vendor, known in SETTINGS.items()
        }
        given = [
            (shape, item) for shape in SHAPES for item in seed.get(shape.vendor, {}).get(shape.collection, None) or []
        ]
        for shape, item in given:
            self._raise_counters(shape, item)
        for shape, item in given:
            self.insert(shape.vendor, shape.collection, item)
        self.touches.clear()

    def _raise_counters(self, shape: Shape, item: Mapping[str, Any]) -> None:
        """Ids that are given push the counters beyond them, so that a live id is never issued twice."""
        owners = [(shape.name, item.get("id")), *self._child_ids(shape, item)]
        for counter, number in owners:
            if isinstance(number, int) and (shape.ids == "integer"):
                self._counters[counter] = max(self._counters.get(counter, 0), number)

    def _child_ids(self, shape: Shape, item: Mapping[str, Any]) -> list[tuple[str, Any]]:
        children = item.get(shape.children) if shape.children else None
        return [(f"{shape.name}/{shape.children}", child.get("id")) for child in children or []]

    def _complete(self, collection: Collection, values: Mapping[str, Any]) -> Object:
        shape = collection.shape
        item = shape.blank() | deepcopy(dict(values))
        if item[shape.key] is None:
            item[shape.key] = self._new_key(collection)
        self._raise_counters(shape, item)
        for name in shape.stamps:
            if item[name] is None:
                instant = self.tick()
                item[name] = instant if name == "created" else utc_text(from_epoch(instant))
        self._number_children(shape, item)
        return item

    def _new_key(self, collection: Collection) -> int | str:
        shape = collection.shape
        if shape.ids == "given":
            raise ValueError(f"{shape.name} needs a {shape.key}")
        number = self.count(shape.name)
        if shape.ids == "integer":
            return number
        while (key := code_for(number) if shape.ids == "code" else uuid_for(shape.name, number)) in collection:
            number = self.count(shape.name)
        return key

    def _number_children(self, shape: Shape, item: Object) -> None:
        if not shape.children:
            return
        for child in item[shape.children]:
            if child.get("id") is None:
                child["id"] = self.count(f"{shape.name}/{shape.children}")
        item[shape.children] = [{"id": child["id"]} | child for child in item[shape.children]]
        if shape.newest_child_first:
            item[shape.children].sort(key=lambda child: -int(child["id"]))

    def _changed(self) -> None:
        self.version += 1

    def _save(self) -> None:
        self._saved = self.version
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self._file.parent, prefix=f".{self._file.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(self.dump(), stream, ensure_ascii=False, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(self._file)


def _check_seed(seed: Mapping[str, Any]) -> None:
    """Refuse names that mean nothing: a typing error in a seed would otherwise be an empty world."""
    if not isinstance(seed, Mapping):
        raise ValueError(f"a seed is an object with {', '.join(SETTINGS)}")
    for vendor, content in seed.items():
        if vendor == "counters":
            continue
        if vendor not in SETTINGS or not isinstance(content, Mapping):
            raise ValueError(f"unknown or malformed part of a seed: {vendor!r}")
        known = set(SETTINGS[vendor]) | {shape.collection for shape in SHAPES if shape.vendor == vendor}
        if unknown := sorted(set(content) - known):
            raise ValueError(f"unknown in the seed of {vendor}: {', '.join(unknown)}")
