"""What the state holds, as people and as programs read it."""

from __future__ import annotations

import json

from reconciler.model import Lifecycle, Recorded, Source
from reconciler.report.document import dumps
from reconciler.report.listing import record_document, record_text, records_document, records_text
from tests.unit.report import samples as s

RECORD = Recorded(
    s.WAFFLES,
    "enco",
    "8",
    s.SURVEY,
    "https://api.enco.io:443",
    (s.LEEDS,),
    Lifecycle(prevent_destroy=True),
    Source("manifests/a.yaml", 2),
)
OTHER = Recorded(s.LEEDS, "optimum", "xd\x1b", {"name": "Leeds"})


def test_the_table() -> None:
    """Sorted by address, which is the first word of its line; ids are data."""
    assert records_text([OTHER, RECORD]) == (
        "ADDRESS                 ID        CONNECTION\n"
        "enco/Survey/waffles     8         enco\n"
        "optimum/Location/leeds  xd\\u001b  optimum\n"
    )


def test_an_empty_state_says_so() -> None:
    """Not merely a heading."""
    assert records_text([]) == "The state is empty.\n"


def test_the_list_as_json() -> None:
    """Heads without fields, sorted."""
    document = json.loads(dumps(records_document([OTHER, RECORD])))
    assert [r["address"] for r in document["resources"]] == ["enco/Survey/waffles", "optimum/Location/leeds"]
    assert document["resources"][0] == {
        "address": "enco/Survey/waffles",
        "provider_name": "enco",
        "connection": "enco",
        "type": "Survey",
        "name": "waffles",
        "id": "8",
        "origin": "https://api.enco.io:443",
        "depends_on": ["optimum/Location/leeds"],
        "source": {"file": "manifests/a.yaml", "line": 2},
    }


def test_one_record() -> None:
    """Where it is, what it depends on, how it may change, and its fields without any sign."""
    assert record_text(RECORD, s.REGISTRY) == (
        "# enco/Survey/waffles\n"
        "# connection enco at https://api.enco.io:443\n"
        "# depends on optimum/Location/leeds\n"
        "# last declared in manifests/a.yaml:2:1\n"
        "# lifecycle.preventDestroy is true\n"
        'Survey "waffles" {\n'
        '    id              = "8"\n'
        '    interactionType = "delivery"\n'
        '    name            = "Waffles"\n'
        "    questions       = [\n"
        '        { language = "en-GB", body = "How was it?" },\n'
        '        { language = "fr", body = "C\'était comment ?" },\n'
        "    ]\n"
        "}\n"
    )


def test_one_record_as_json() -> None:
    """Its head, its fields, and what is not the default of its lifecycle."""
    document = json.loads(dumps(record_document(RECORD, s.REGISTRY)))
    assert document["fields"] == s.SURVEY and document["lifecycle"] == {"preventDestroy": True}
    assert document["sensitive"] == {} and document["id"] == "8"
