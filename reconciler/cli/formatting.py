"""Files brought into their one form: which they are, what becomes of each, and what a person is shown of it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import Problems, ReconcilerError

if TYPE_CHECKING:
    from reconciler.cli.options import Globals
    from reconciler.cli.rewriting import Rewriting
    from reconciler.document import Document, Text
    from reconciler.manifest.files import File

_AROUND = 3  # lines shown before and behind a change
_GUARDED = {b"Project", b"connections"}  # words of a file that may hold a secret by mistake
_WORD = re.compile(rb"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Formed:
    """A file, the text it had, and the text it has in its form; ``data`` are its bytes, ``path`` is None for stdin."""

    path: Path | None
    text: Text
    data: bytes
    after: str

    @property
    def changed(self) -> bool:
        """Whether a byte differs: also the kind of line breaks, or a byte order mark."""
        return self.after.encode() != self.data

    @property
    def rewriting(self) -> Rewriting:
        """What is to be written."""
        from reconciler.cli.rewriting import Rewriting

        assert self.path is not None
        return Rewriting(self.path, self.text.name, self.data, self.after)


@dataclass(frozen=True, slots=True)
class _Grounds:
    """A folder without a project: no file of it is left out."""

    folder: Path
    path: Path
    manifests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A file to format. What a project lists is a manifest, however wrong; what the command line names may be another
    tool's (a hook names every YAML file there is)."""

    file: File
    ours: bool


def found_files(chosen: Globals, paths: Sequence[str], faults: list[ReconcilerError]) -> list[Found]:
    """The files of the paths, else the project's own and its manifests; what is wrong on the way goes to ``faults``."""
    from reconciler import project as projects
    from reconciler.manifest.files import File, Search

    if paths:
        folder = Path(os.path.realpath(chosen.start))
        search = Search(_Grounds(folder, folder))
        search.given_files(paths, folder)
        faults += search.problems
        return [Found(file, ours=file.path is None) for file in search.files]
    path = chosen.start / chosen.project if chosen.project else projects.find(chosen.start)
    try:
        project = projects.load(path, chosen.env)
    except projects.UnfitProject as unfit:  # its form is no matter of what it says, nor is that of the manifests
        if unfit.draft is None:
            raise
        project = unfit.draft
    search = Search(project)
    search.project_files(lenient=True)
    faults += search.problems
    return [Found(file, ours=True) for file in (File(project.path, project.path.name), *search.files)]


def formed(files: Sequence[Found], faults: list[ReconcilerError], alone: list[str]) -> Iterator[Formed]:
    """Each file that can be read and holds something of ours; what is wrong with others goes to ``faults``, and what is
    none of our business to ``alone``."""
    for found in files:
        try:
            one = _formed(found.file)
        except Problems as problems:
            if found.ours or _mentions_ours(found.file):
                faults += problems.errors
            else:
                alone.append(found.file.name)
        except ReconcilerError as error:
            faults.append(error)
        else:
            if one is not None:
                yield one
            else:
                alone.append(found.file.name)


def _mentions_ours(file: File) -> bool:
    """Whether a file that is no YAML of our dialect has a line that a manifest of ours begins with."""
    from reconciler.document import read_bytes

    try:
        data = read_bytes(file.path or Path(), file.name)
    except Problems:
        return True  # it was named, and is not even there
    return any(version.encode() in data for version in _versions())


def _formed(file: File) -> Formed | None:
    from reconciler.document import decode, read, read_bytes
    from reconciler.document.formatting import reformatted
    from reconciler.document.text import MAX_BYTES

    data = sys.stdin.buffer.read(MAX_BYTES + 1) if file.path is None else read_bytes(file.path, file.name)
    text = decode(data, file.name, guarded={*_WORD.findall(data)} >= _GUARDED)
    reading = read(text)
    if reading.faults:
        raise Problems(reading.faults)
    if file.path is not None and reading.documents and not any(map(_ours, reading.documents)):
        return None
    return Formed(file.path, text, data, reformatted(text))


def _ours(document: Document) -> bool:
    """Whether a document is a manifest or a project: other tools have YAML of their own, in forms of their own."""
    return document.value.get("apiVersion") in _versions()


def _versions() -> set[str]:
    from reconciler import schema
    from reconciler.manifest.removal import API_VERSION

    return {API_VERSION, *(rtype.api_version for rtype in schema.load().types.values())}


def difference(one: Formed) -> str:
    """A unified diff of a file, as it may be shown: personal data and what looks like a secret is masked."""
    from difflib import SequenceMatcher

    from reconciler.document.text import Text

    before, after = one.text, Text(one.text.name, one.after, guarded=one.text.guarded)
    _hide(before, after)
    old, new = (text.content.removesuffix("\n").split("\n") for text in (before, after))
    lines = [f"--- {one.text.name}", f"+++ {one.text.name} (formatted)"]
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_AROUND):
        (_, low, _, first, _), (_, _, high, _, last) = group[0], group[-1]
        lines.append(f"@@ -{low + 1},{high - low} +{first + 1},{last - first} @@")
        for what, i, j, k, m in group:
            if what == "equal":
                lines += [f" {_shown(before, number)}" for number in range(i, j)]
                continue
            lines += [f"-{_shown(before, number)}" for number in range(i, j)]
            lines += [f"+{_shown(after, number)}" for number in range(k, m)]
    return "\n".join(lines) + "\n"


def _shown(text: Text, number: int) -> str:
    line = text.lines[number]
    shown = text.snippet(number + 1, 1)
    return shown if shown or not line.strip() else "***"


def _hide(*both: Text) -> None:
    """Keep the personal values of manifests out of what is shown of them."""
    from reconciler import schema
    from reconciler.document import read
    from reconciler.manifest.kinds import Kinds

    kinds = Kinds(schema.load())
    for document in read(both[0]).documents:
        personal = [*kinds.personal(document.value)]
        for text in both:
            text.hide(personal)
