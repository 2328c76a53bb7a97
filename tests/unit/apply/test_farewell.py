"""The last word before something is destroyed, and the archive on disk; the vendor is in memory."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.apply.archive import Archive
from reconciler.apply.farewell import Farewell
from reconciler.errors import ARCHIVE_FAILED, IMPACT_GREW, IMPACT_UNCOUNTED, ReconcilerError
from reconciler.model import JSON, Action, Impact, Observed
from tests.unit.apply.fakes import LOCATION, QUESTION, REGISTRY, SITE, Vendor, at, change, unreadable

LEEDS = at("leeds")
GOING = change(LEEDS, Action.DELETE, id="x/1")
OBJECT = Observed(LOCATION, "optimum", "x/1", {"name": "Acme Leeds", "country_code": "GB"})


class Weighed(Vendor):
    """A vendor that counts what it is told to, and shows this much of it."""

    now = Impact()
    shown: Any = None

    def impact(self, kind: str, observed: Observed) -> Impact:
        return self.now

    def evidence(self, kind: str, observed: Observed) -> dict[str, JSON]:
        if isinstance(self.shown, Exception):
            raise self.shown
        return dict(self.shown or {})


def vendor(now: Impact, shown: Any = None) -> Weighed:
    found = Weighed()
    found.now, found.shown = now, shown
    return found


def farewell(folder: Path, approved: Impact | None = None) -> Farewell:
    return Farewell(
        registry=REGISTRY,
        approved={} if approved is None else {LEEDS: approved},
        archive=Archive(folder, "0123456789abcdef", 1_700_000_000.0),
        project="acme",
        environment="staging",
        clock=lambda: 1_700_000_001.0,
    )


@pytest.mark.parametrize(
    ("approved", "now", "code", "reason"),
    [
        (Impact({"reviews": 0}), Impact({"reviews": 0}), None, "nothing then and nothing now"),
        (Impact({"reviews": 0}), Impact({"reviews": 1}), IMPACT_GREW, "from nothing by nothing"),
        (None, Impact({"reviews": 1}), IMPACT_GREW, "what nobody counted was approved as nothing"),
        (None, Impact({"reviews": 0}), None, "nothing is nothing"),
        (Impact({"reviews": 5}), Impact({"reviews": 15}), None, "ten more"),
        (Impact({"reviews": 5}), Impact({"reviews": 16}), IMPACT_GREW, "eleven more"),
        (Impact({"reviews": 500}), Impact({"reviews": 550}), None, "a tenth more"),
        (Impact({"reviews": 500}), Impact({"reviews": 551}), IMPACT_GREW, "more than a tenth"),
        (Impact({"reviews": 5}), Impact({"reviews": 1, "feedback": 1}), IMPACT_GREW, "another sort from nothing"),
        (Impact({"reviews": 5, "nps": 0}), Impact({"reviews": 5, "nps": 90}), None, "a score is no count"),
        (Impact({"reviews": 5}), Impact({"reviews": 5}, failed="no answer"), IMPACT_UNCOUNTED, "a count that failed"),
    ],
)
def test_counted_again(tmp_path: Path, approved: Impact | None, now: Impact, code: str | None, reason: str) -> None:
    """What was approved is the measure; not to know is to refuse; nothing is archived of what stays."""
    if code is None:
        assert farewell(tmp_path, approved).before_delete(GOING, OBJECT, vendor(now)), reason
        return
    with pytest.raises(ReconcilerError) as caught:
        farewell(tmp_path, approved).before_delete(GOING, OBJECT, vendor(now))
    assert (caught.value.code, caught.value.exit_code) == (code, 9), reason
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ReconcilerError):
        farewell(tmp_path, approved).before_update(GOING, OBJECT, vendor(now))


def test_what_came_in_while_it_was_read_counts(tmp_path: Path) -> None:
    """The archived list is longer than the count that came before it: held against the approval as well."""
    provider = vendor(Impact({"reviews": 1}), {"reviews": [{"id": str(n)} for n in range(12)]})
    with pytest.raises(ReconcilerError) as caught:
        farewell(tmp_path, Impact({"reviews": 1})).before_delete(GOING, OBJECT, provider)
    assert caught.value.code == IMPACT_GREW


def test_the_document(tmp_path: Path) -> None:
    """Everything that says what it was, where and when; the object's fields stand first in the content."""
    provider = vendor(Impact({"reviews": 1}, ("campaigns",)), {"reviews": [{"id": "r", "reviewer_name": "Ann"}]})
    farewell_ = farewell(tmp_path, Impact({"reviews": 1}))
    told = farewell_.before_delete(GOING, OBJECT, provider)
    (path,) = farewell_.archived
    assert path == Path(".reconciler/archive/20231114T221320Z-01234567/optimum.Location.leeds.x%2F1.json")
    assert told == f"archived in {path}"
    assert json.loads((tmp_path / path).read_text("utf-8")) == {
        "format": "reconciler-archive/1",
        "address": "optimum/Location/leeds",
        "id": "x/1",
        "vendor": "optimum",
        "connection": "optimum",
        "origin": "https://optimum.example:443",
        "project": "acme",
        "environment": "staging",
        "run": "0123456789abcdef",
        "time": "2023-11-14T22:13:21Z",
        "actions": ["delete"],
        "personal_data": "masked",
        "impact": {"reviews": 1, "unknowable": ["campaigns"]},
        "content": {
            "fields": {"name": "Acme Leeds", "country_code": "GB"},
            "reviews": [{"id": "r", "reviewer_name": "***"}],
        },
    }


def test_kinds_without_an_impact_are_archived_uncounted(tmp_path: Path) -> None:
    """Nothing is counted of them, and the fields are kept."""
    observed = Observed(QUESTION, "enco", "7", {"survey": "8", "language": "en", "body": "How?"})
    provider = vendor(Impact({"reviews": 99}))
    farewell(tmp_path).before_delete(change(at("q", QUESTION), Action.DELETE, id="7"), observed, provider)
    assert len(list(tmp_path.glob(".reconciler/archive/*/*.json"))) == 1


def test_unreadable_evidence_refuses(tmp_path: Path) -> None:
    """With the archive's own code, and the vendor's reason."""
    with pytest.raises(ReconcilerError) as caught:
        farewell(tmp_path).before_delete(GOING, OBJECT, vendor(Impact({"reviews": 0}), unreadable("no such page")))
    assert (caught.value.code, caught.value.exit_code) == (ARCHIVE_FAILED, 9)
    assert "no such page" in caught.value.message


def test_an_update_leaves_no_archive(tmp_path: Path) -> None:
    """Only counted: the object stays."""
    site = Observed(SITE, "cs", "old", {"site_code": "old"})
    renamed = change(at("shop", SITE), Action.UPDATE, id="old", impact=Impact({"pending_feedback_requests": 0}))
    farewell(tmp_path).before_update(renamed, site, vendor(Impact({"pending_feedback_requests": 0})))
    assert list(tmp_path.iterdir()) == []


# --- the file -------------------------------------------------------------------------------------------------------


def archive(folder: Path) -> Archive:
    return Archive(folder, "0123456789abcdef", 1_700_000_000.0)


def test_text_that_could_harm_a_terminal_is_spelled_out(tmp_path: Path) -> None:
    """Escape, C1, bidi characters and halves of pairs are escapes in the file; letters of any script are themselves."""
    nasty = "\x1b[31m \x9b1m \u202eabc \ud800 été 日本"
    path = tmp_path / archive(tmp_path).keep(LEEDS, "x", {"text": nasty})
    text = path.read_text("utf-8")
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)
    assert "été 日本" in text
    assert json.loads(text) == {"text": nasty}


def test_the_checksum_is_the_files(tmp_path: Path) -> None:
    """In the form that sha256sum --check reads; git is told to leave the folder alone."""
    path = tmp_path / archive(tmp_path).keep(LEEDS, "x", {"a": 1})
    line = (path.parent / f"{path.name}.sha256").read_text("ascii")
    assert line == f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
    assert (path.parent.parent / ".gitignore").read_text() == "*\n"
    assert sorted(p.name for p in path.parent.iterdir()) == [path.name, f"{path.name}.sha256"]


def test_a_score_that_is_no_number_is_kept_as_text(tmp_path: Path) -> None:
    """A vendor says NaN where nobody answered; the file is JSON all the same."""
    path = tmp_path / archive(tmp_path).keep(LEEDS, "x", {"nps": {"score": float("nan"), "all": (1.5, float("inf"))}})
    assert json.loads(path.read_text("utf-8")) == {"nps": {"score": "nan", "all": [1.5, "inf"]}}


@pytest.mark.parametrize("id", ["../../../etc/x", "a" * 300, "é" * 90, "..", "CON", "a\0b"])
def test_an_id_cannot_leave_the_folder(tmp_path: Path, id: str) -> None:
    """Whatever the vendor calls an object, its file is in the run's folder."""
    path = archive(tmp_path).keep(LEEDS, id, {})
    assert path.parent == archive(tmp_path).folder
    assert (tmp_path / path).is_file()


def test_archived_twice_in_a_run_is_archived_anew(tmp_path: Path) -> None:
    """The later content wins, with its checksum."""
    archive(tmp_path).keep(LEEDS, "x", {"a": 1})
    path = tmp_path / archive(tmp_path).keep(LEEDS, "x", {"a": 2})
    assert json.loads(path.read_text("utf-8")) == {"a": 2}
