"""The addresses that files declare, read line by line and checked in nothing: quick, and for suggestions only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reconciler.document import read_bytes
from reconciler.errors import Problems
from reconciler.manifest.files import Project, Search
from reconciler.model import Address

_VALUE = re.compile(r"""[ \t]*["']?([A-Za-z0-9][\w./-]*)["']?[ \t]*(?:[,}#].*)?$""")
_NAME = re.compile(r"""\bname:[ \t]*["']?([a-z0-9][a-z0-9.-]*)["']?[ \t]*(?:[,}#]|$)""")


def declared(project: Project) -> set[str]:
    """The addresses in the project's own files. What cannot be read is passed over."""
    search = Search(project)
    search.project_files(lenient=True)
    found: set[str] = set()
    for file in search.files:
        try:
            data = read_bytes(file.path, file.name) if file.path else b""
        except Problems:
            continue
        found.update(addresses(data.decode("utf-8", "replace").splitlines()))
    return found


def addresses(lines: Iterable[str]) -> Iterator[str]:
    """The addresses of a file's documents, in their order; a document that is written in an unusual way has none."""
    header: dict[str, str] = {}
    section, depth = "", 0
    for line in lines:
        if line.startswith("---"):
            yield from _address(header)
            header, section = {}, ""
        elif line[:1].isalpha():
            section, _, rest = line.partition(":")
            depth = 0
            _take(header, section, rest)
        elif section == "metadata" and line.strip() and not line.lstrip().startswith("#"):
            depth = depth or len(line) - len(line.lstrip())
            name = _NAME.match(line, depth) if line[:depth].isspace() else None
            if name is not None:
                header.setdefault("name", name[1])
    yield from _address(header)


def _take(header: dict[str, str], key: str, rest: str) -> None:
    if key in ("apiVersion", "kind"):
        value = _VALUE.match(rest)
        header[key] = value[1] if value else ""
    elif key == "metadata":
        name = _NAME.search(rest)
        if name is not None:
            header["name"] = name[1]


def _address(header: dict[str, str]) -> Iterator[str]:
    text = f"{header.get('apiVersion', '').partition('/')[0]}/{header.get('kind')}/{header.get('name')}"
    try:
        address = Address.parse(text)
    except ValueError:
        return
    if address.provider != "reconciler":
        yield str(address)
