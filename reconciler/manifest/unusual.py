"""Values that a vendor takes and hardly anybody means (``x-unusual``): told as warnings, and sent as they stand. To map
them would make a difference that never ends where the vendor keeps them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from reconciler.document import listed
from reconciler.manifest.declaration import Atlas, Declaration

_PLACES: Final = 10  # that are named beside the first
_SOUGHT: Final = 200  # manifests whose places are looked for: each is read once more for that


def unusual_values(declarations: Iterable[Declaration], atlas: Atlas) -> Iterator[str]:
    """A warning for each such value of a field, with the places where it stands."""
    found: dict[tuple[str, str], list[Declaration]] = defaultdict(list)
    for one in declarations:
        for name, rule in one.kind.unusual:
            value = one.spec.get(name)
            if (likely := rule.likely(value)) is not None:
                words = f'{name} "{value}" is no {rule.standard} code; did you mean "{likely}"? It is sent as it stands'
                found[name, words].append(one)
    for (name, words), ones in found.items():
        sources = (atlas.places(one.document).value_source(("spec", name)) for one in ones[:_SOUGHT])
        first, *others = dict.fromkeys(f"{source.file}:{source.line}" for source in sources)
        yield f"{first}: {words}{_more(len(ones) - 1, others)}"


def _more(count: int, places: Sequence[str]) -> str:
    """What is said of the other manifests; of one template they may all stand in the first place."""
    if not count:
        return ""
    return f"; the same in {count} more" + (f": {listed(places, _PLACES)}" if places else "")
