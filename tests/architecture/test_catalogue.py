"""The catalogue's two halves, the registry and the long texts, agree; every page says what a page has to say."""

from __future__ import annotations

import pytest

from reconciler.errors import CATALOGUE, ErrorCode
from reconciler.report.catalogue import pages_of
from tests.architecture.source import PACKAGE

TEXT = (PACKAGE / "errors.md").read_text("utf-8")
PAGES = pages_of(TEXT)
FORMS = {"yaml", "csv", "console", "text"}


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    """A code without a page cannot be explained; a page without a code explains nothing."""
    assert list(PAGES) == sorted(CATALOGUE)


def test_every_heading_is_a_page() -> None:
    """A heading with a slip in it would hide its page in the one before."""
    assert TEXT.count("\n## ") == len(PAGES)
    assert TEXT.count("\n```") == 2 * sum(len(page.examples) for page in PAGES.values())


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda entry: entry.code)
def test_every_page_is_written(entry: ErrorCode) -> None:
    """A page has the registry's title, says what the code means, and shows an example in which the code is met."""
    page = PAGES[entry.code]
    assert page.title == entry.title
    assert page.meaning.endswith(".")
    assert page.examples
    assert {example.words[0] for example in page.examples} <= FORMS
    assert any(entry.code in example.text for example in page.examples)
    assert not page.advice or page.advice.endswith((".", "`"))


def test_two_pages_for_one_code_are_refused() -> None:
    """The second would hide the first."""
    with pytest.raises(ValueError, match="two pages for RCN0101"):
        pages_of("## RCN0101 a\n\nx.\n\n## RCN0101 b\n\ny.\n")
