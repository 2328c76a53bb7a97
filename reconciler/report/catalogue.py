"""The long texts of the catalogue of errors: errors.md, taken apart into what each code means, examples and advice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_HEADING: Final = re.compile(r"^## (RCN\d{4}) (.+)$", re.MULTILINE)
_FENCE: Final = re.compile(r"^```(.*)\n((?:(?!```).*\n)*)```$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """A fenced block: the words after its fence (``yaml manifest``, ``console``, ...) and its lines."""

    words: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """What a code means, how it looks, and what else helps; the title and the way out stand in the registry."""

    code: str
    title: str
    meaning: str
    examples: tuple[Example, ...]
    advice: str


def pages_of(text: str) -> dict[str, Page]:
    """The pages by their code, in the order of the text. Raises ValueError where two pages have one code."""
    headings = list(_HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    pages: dict[str, Page] = {}
    for heading, end in zip(headings, ends, strict=True):
        code, title = heading.groups()
        if code in pages:
            raise ValueError(f"two pages for {code}")
        pages[code] = _page(code, title, text[heading.end() : end])
    return pages


def _page(code: str, title: str, body: str) -> Page:
    fences = list(_FENCE.finditer(body))
    examples = tuple(Example(tuple(fence[1].split()), fence[2]) for fence in fences)
    before = body[: fences[0].start()] if fences else body
    after = body[fences[-1].end() :] if fences else ""
    return Page(code, title, before.strip(), examples, after.strip())
