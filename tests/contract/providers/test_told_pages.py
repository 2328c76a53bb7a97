"""Long listings say how far they are, as long as somebody listens."""

from __future__ import annotations

import pytest

from reconciler.model import Connection, Secret
from reconciler.providers import connect
from reconciler.providers.base import Sought
from reconciler.sandbox.server import RunningSandbox
from tests.contract.providers.conftest import TOKENS, Clock
from tests.contract.providers.subjects import SUBJECTS, Subject
from tests.unit.http.scripted import Told

PAGED = [subject for subject in SUBJECTS if subject.kind in ("customersure/Site", "optimum/Location")]


@pytest.mark.parametrize("subject", PAGED, ids=lambda subject: subject.kind)
def test_each_page_is_told(sandbox: RunningSandbox, clock: Clock, subject: Subject) -> None:
    """The kind, the pages read and all of them, up to the last; a list of one page tells nothing."""
    told = Told()
    vendor = subject.vendor
    url = getattr(sandbox, f"{vendor}_url")
    connection = Connection("main", vendor, url, company="Waffle House")
    provider = connect(connection, Secret(TOKENS[vendor]), watch=told)
    provider.list(subject.kind)
    assert told.read == []
    subject.seed(sandbox, 450)
    provider.list(subject.kind)
    provider.close()
    assert told.read == [("main", subject.kind, "pages", page, 5) for page in range(2, 6)]


def test_objects_that_are_sought_one_by_one_are_told(sandbox: RunningSandbox, clock: Clock) -> None:
    """A vendor that lists nothing unasked is asked for each object."""
    told = Told()
    connection = Connection("main", "customersure", sandbox.customersure_url, company="Waffle House")
    provider = connect(connection, Secret(TOKENS["customersure"]), watch=told)
    provider.seek("customersure/FeedbackRequest", Sought(ids=frozenset({"7", "8", "9"})))
    assert provider.list("customersure/FeedbackRequest").objects == ()
    provider.close()
    assert told.read == [("main", "customersure/FeedbackRequest", "objects", done, 3) for done in (1, 2, 3)]
