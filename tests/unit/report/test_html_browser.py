"""The HTML file in a real browser: drawn, filtered, by keyboard, printed; without a complaint or a request."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reconciler.model import Address
from reconciler.model.figures import Figures, Window
from reconciler.report.html.drift_page import drift_html
from reconciler.report.html.overview_page import overview_html
from reconciler.report.html.plan_page import plan_html
from reconciler.report.overview import Overview, Standing, Whole
from tests.unit.report import hostile
from tests.unit.report import samples as s
from tests.unit.report.browser import Browser, installed, opened
from tests.unit.report.test_html import PAST, stores

PROGRAM = installed()
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no chromium is installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of this file."""
    assert PROGRAM is not None
    with opened(PROGRAM) as running:
        yield running


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """The page of a plan that has one of everything."""
    file = tmp_path / "plan.html"
    file.write_text(plan_html(s.EVERYTHING, s.REGISTRY, saved="my.plan", past=PAST), "utf-8")
    return file


def quiet(browser: Browser, page: Path) -> None:
    """The console said nothing, and nothing was loaded but the file."""
    assert browser.complaints == []
    assert set(browser.requests) == {page.as_uri()}


def shown(browser: Browser) -> list[str]:
    """The cards that can be seen, by name."""
    seen = "[...document.querySelectorAll('.card')].filter(card => card.checkVisibility())"
    names: list[str] = browser.run(f"{seen}.map(card => card.querySelector('.name').textContent)")
    return names


def pick(browser: Browser, name: str, value: str) -> None:
    """Choose from a list."""
    browser.run(f"document.getElementById('{name}').value = '{value}'")
    browser.run(f"document.getElementById('{name}').dispatchEvent(new Event('change'))")


def test_it_is_drawn_in_both_colours_and_on_a_narrow_screen(browser: Browser, report: Path) -> None:
    """Light and dark follow the system and the button; nothing is wider than the screen."""
    browser.visit(report)
    paper = "getComputedStyle(document.body).backgroundColor"
    light = browser.run(paper)
    browser.media("screen", "dark")
    dark = browser.run(paper)
    assert light != dark
    browser.run("document.getElementById('theme').click()")
    assert browser.run(paper) == light
    for width in (1280, 400):
        browser.size(width, 900)
        assert browser.run("document.documentElement.scrollWidth") == width
    assert len(shown(browser)) == 14
    assert browser.run("document.querySelectorAll('svg.graph .box').length") == 2
    assert browser.run("document.querySelectorAll('svg.chart rect').length") > 6
    quiet(browser, report)


def test_it_is_searched_and_filtered(browser: Browser, report: Path) -> None:
    """By words in any field, by figure, by kind, by cause; how many are shown is said, and all can be had back."""
    browser.visit(report)
    browser.press("/")
    assert browser.run("document.activeElement.id") == "search"
    for key in "9zz":
        browser.press(key)
    assert shown(browser) == ["optimum/Location/leeds"]
    assert browser.run("document.getElementById('shown').textContent") == "1 of 14 shown"
    browser.press("Escape")
    assert len(shown(browser)) == 14
    browser.run("document.querySelector('.figure[data-tally=replace]').click()")
    assert shown(browser) == ["enco/Survey/waffles"]
    browser.run("document.getElementById('clear').click()")
    pick(browser, "cause", "conflict")
    assert shown(browser) == ["optimum/Location/leeds"]
    pick(browser, "kind", "enco/Survey")
    assert shown(browser) == []
    assert browser.run("document.getElementById('nothing').checkVisibility()") is True
    browser.run("document.getElementById('clear-too').click()")
    assert len(shown(browser)) == 14
    quiet(browser, report)


def test_it_is_used_by_keyboard_and_printed(browser: Browser, report: Path) -> None:
    """The first stop skips to the changes; Enter opens a card; a printer gets every card open."""
    browser.visit(report)
    browser.press("Tab")
    assert browser.run("document.activeElement.className") == "skip"
    browser.run("document.querySelector('.card summary').focus()")
    browser.run("document.activeElement.click()")
    assert browser.run("document.querySelector('.card').open") is True
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    browser.media("print", "light")
    assert browser.run("document.querySelectorAll('.card:not([open])').length") == 0
    assert browser.run("document.querySelector('.filters').checkVisibility()") is False
    assert len(browser.call("Page.printToPDF")["data"]) > 10_000
    quiet(browser, report)


def overview(count: int) -> Overview:
    """So many locations, of which every tenth drifted, and a site that nobody could read."""
    window = Window(date(2026, 1, 1), date(2026, 1, 31))
    standings = [
        Standing(
            Address("optimum", "Location", f"store-{number}"),
            "optimum",
            f"id{number}",
            "in_sync" if number % 10 else "drifted",
            "" if number % 10 else "postal_code",
            Figures({"responses": number, "scored": number, "promoters": number, "passives": 0, "detractors": 0}),
        )
        for number in range(count)
    ]
    lost = Standing(s.SITE, "customersure", None, "unknown", "the list of sites does not add up")
    whole = Whole("optimum", "optimum", Figures({"responses": 1_234}))
    return Overview("acme", "staging", window, (lost, *standings), (whole,))


def test_the_overview_is_searched_and_filtered(browser: Browser, tmp_path: Path) -> None:
    """Its rows by words, by how they stand, by kind; the other table stays; it fits narrow screens and paper."""
    file = tmp_path / "status.html"
    file.write_text(overview_html(overview(400)), "utf-8")
    browser.visit(file)
    rows = "[...document.querySelectorAll('.entry')].filter(row => row.checkVisibility()).length"
    assert browser.run(rows) == 401
    browser.press("/")
    for key in "store-39":
        browser.press(key)
    assert browser.run(rows) == 11
    assert browser.run("document.getElementById('shown').textContent") == "11 of 401 shown"
    browser.press("Escape")
    browser.run("document.querySelector('.figure[data-tally=drifted]').click()")
    assert browser.run(rows) == 40
    pick(browser, "kind", "customersure/Site")
    assert browser.run(rows) == 0
    assert browser.run("document.getElementById('nothing').checkVisibility()") is True
    browser.run("document.getElementById('clear-too').click()")
    assert browser.run(rows) == 401
    browser.size(400, 900)
    assert browser.run("document.documentElement.scrollWidth") == 400
    browser.media("print", "light")
    assert browser.run("document.querySelector('.filters').checkVisibility()") is False
    assert len(browser.call("Page.printToPDF")["data"]) > 10_000
    quiet(browser, file)


def test_nothing_hostile_runs(browser: Browser, tmp_path: Path) -> None:
    """Every hostile text at once: no script of theirs, no element of theirs, no request."""
    text = " ".join(hostile.TEXTS.values())
    for name, page in (
        ("plan.html", plan_html(hostile.plan(text), s.REGISTRY)),
        ("drift.html", drift_html(hostile.plan(text), s.REGISTRY)),
    ):
        file = tmp_path / name
        file.write_text(page, "utf-8")
        browser.visit(file)
        counts: Any = browser.run(
            "['script', 'style', 'img', 'iframe', 'link'].map(tag => document.querySelectorAll(tag).length)"
        )
        assert counts == [1, 1, 0, 0, 0]
        quiet(browser, file)


def test_ten_thousand_changes_stay_usable(browser: Browser, tmp_path: Path) -> None:
    """A search through them is answered at once; a card is built when it is opened, and found by what it holds."""
    file = tmp_path / "big.html"
    file.write_text(plan_html(s.plan(*stores(5_000)), s.REGISTRY), "utf-8")
    browser.visit(file)
    browser.run("document.getElementById('search').value = 'store 4321'")
    begun = time.perf_counter()
    browser.run("document.getElementById('search').dispatchEvent(new Event('input'))")
    browser.settle()
    assert time.perf_counter() - begun < 8  # a second on a quiet machine
    assert shown(browser) == ["customersure/Site/store-4321", "optimum/Location/store-4321"]
    browser.run("document.querySelector('.card:not([hidden]) summary').click()")
    browser.settle()
    assert browser.run("document.querySelector('.card[open] td.after').textContent") == "Store 4321"
    quiet(browser, file)


def test_without_scripts_everything_can_be_read(browser: Browser, tmp_path: Path) -> None:
    """Where no script may run, cards open all the same, also those of a long report; the filters are not offered."""
    file = tmp_path / "long.html"
    file.write_text(plan_html(s.plan(*stores(300)), s.REGISTRY), "utf-8")
    browser.visit(file, scripts=False)
    assert browser.run("document.querySelectorAll('.card td.after').length") == 600
    assert browser.run("document.querySelector('.filters').checkVisibility()") is False
    quiet(browser, file)
