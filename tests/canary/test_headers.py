"""Values of headers are checked before anything is sent: the code, where the value came from, never the value."""

from __future__ import annotations

import pytest

from tests.canary.bench import Bench
from tests.canary.canaries import SECRETS
from tests.canary.test_commands import CONSENT, OAUTH, QUICK

LITERAL = SECRETS["LITERAL"]

UNFIT = [
    (f"{LITERAL}\n", "RCN0205", "a line break at its end"),
    (f"{LITERAL}\r\nX-Evil: 1", "RCN0205", "a second header"),
    (f"{LITERAL}\t", "RCN0205", "a tab"),
    (f"{LITERAL}\x85", "RCN0205", "a control character of latin-1"),
    (f"{LITERAL}日本", "RCN0404", "letters that are not latin"),
    (f"{LITERAL}\u200b", "RCN0404", "a space that nobody sees"),
    (f" {LITERAL}", "RCN0404", "a space before it"),
    (f"{LITERAL} ", "RCN0404", "a space behind it"),
    (f"{LITERAL}:x", "RCN0404", "a colon, where the scheme has one of its own"),
    (f"“{LITERAL}”", "RCN0404", "quotes of a word processor"),
]


@pytest.mark.parametrize(("value", "code", "reason"), UNFIT, ids=[reason for *_, reason in UNFIT])
def test_an_unfit_token_is_refused_before_anything_is_sent(bench: Bench, value: str, code: str, reason: str) -> None:
    """Also to the other vendors, whose tokens are fine; the message names the variable."""
    ended = bench.here("plan", *QUICK, env={"OPTIMUM_TOKEN": value})
    assert ended.code in (3, 4)
    assert f"error[{code}]" in ended.err
    assert "the environment variable OPTIMUM_TOKEN" in ended.err
    assert bench.sandbox.log.entries() == []


FILES = [
    (f"{LITERAL}\nsecond\n".encode(), "RCN0205", "two lines"),
    (f"{LITERAL}\0".encode(), "RCN0205", "NUL"),
    (b"\xef\xbb\xbf" + LITERAL.encode(), "RCN0", "a byte order mark"),
    (f'"{LITERAL}"\n'.encode(), "RCN0404", "quotes around it"),
    (f"{LITERAL} \n".encode(), "RCN0404", "a space behind it"),
]


@pytest.mark.parametrize(("content", "code", "reason"), FILES, ids=[reason for *_, reason in FILES])
def test_an_unfit_file_is_refused_by_its_name(bench: Bench, content: bytes, code: str, reason: str) -> None:
    """The same for a secret that is kept in a file."""
    (bench.folder / "customersure.txt").write_bytes(content)
    ended = bench.here("plan", *QUICK)
    assert ended.code in (3, 4)
    assert f"error[{code}" in ended.err
    assert "the file customersure.txt" in ended.err
    assert bench.sandbox.log.entries() == []


def test_an_apply_sends_nothing_either(bench: Bench) -> None:
    """Nor is anything written into the state."""
    ended = bench.here("apply", *CONSENT, *QUICK, env={"OPTIMUM_TOKEN": f"{LITERAL} "})
    assert (ended.code, bench.sandbox.log.entries()) == (4, [])


def test_every_unfit_value_is_told_at_once(bench: Bench) -> None:
    """A variable and a file, both named in one run."""
    (bench.folder / "customersure.txt").write_text(f"{LITERAL} \n")
    ended = bench.here("plan", *QUICK, env={"OPTIMUM_TOKEN": f" {LITERAL}"})
    assert "the environment variable OPTIMUM_TOKEN" in ended.err
    assert "the file customersure.txt" in ended.err
    assert bench.sandbox.log.entries() == []


def test_an_unfit_client_is_refused_by_its_name(bench: Bench) -> None:
    """Client id and secret are looked at as well before a token is asked for."""
    bench.project(OAUTH)
    ended = bench.here("plan", *QUICK, env={"ENCO_CLIENT": f"{LITERAL}:x"})
    assert (ended.code, "the environment variable ENCO_CLIENT" in ended.err) == (4, True), ended.err
    assert bench.sandbox.log.entries() == []


COMPANIES = ["'Waffle\\x20House '", '"Waffle\\r\\nX-Evil: 1"', '"Waffle\\nHouse"', "Wäffle 日本", '" Waffle"', '""']


@pytest.mark.parametrize("company", COMPANIES)
def test_an_unfit_company_is_refused(bench: Bench, company: str) -> None:
    """The User-Agent that a vendor demands, in its place in the project file."""
    file = bench.folder / "reconciler.yaml"
    file.write_text(file.read_text("utf-8").replace("company: Waffle House", f"company: {company}"), "utf-8")
    ended = bench.here("plan", *QUICK)
    assert ended.code == 3, ended.text
    assert "reconciler.yaml:9:" in ended.err, ended.err
    assert bench.sandbox.log.entries() == []
