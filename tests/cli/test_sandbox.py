"""`sandbox` as a process of its own: what it says, what it serves, and a clean end."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.desk import ROOT, Desk


@contextmanager
def served(desk: Desk, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The sandbox on a free port, until the test is over."""
    process = desk.start("sandbox", "--port", "0", *options)
    assert process.stdout is not None
    found = re.fullmatch(r"The sandbox answers at (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
    assert found is not None
    try:
        yield process, found[1]
    finally:
        process.kill()
        process.communicate()


def get(url: str) -> object:
    """The JSON at a URL."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_it_ends_cleanly(desk: Desk, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end it within a moment, with 0 and without a word on stderr."""
    with served(desk) as (process, url):
        assert get(f"{url}/_sandbox/health") == {"status": "ok"}
        process.send_signal(number)
        _, err = process.communicate(timeout=5)
        assert (process.returncode, err) == (0, "")


def test_it_says_how_to_use_it(desk: Desk) -> None:
    """The base URLs are those of the example, and the printed export line makes the example plan."""
    process = desk.start("sandbox", "--port", "0")
    assert process.stdout is not None
    text = ""
    while "Ctrl-C" not in text:
        text += process.stdout.readline()
    try:
        tokens = dict(re.findall(r"(\w+_TOKEN)=(\S+)", text))
        assert sorted(tokens) == ["B2S_TOKEN", "BUENNO_TOKEN", "CUSTOMERSURE_TOKEN", "ENCO_TOKEN", "OPTIMUM_TOKEN"]
        example = ROOT / "examples" / "waffles"
        project = (example / "reconciler.yaml").read_text("utf-8")
        printed = {re.sub(r":\d+", ":8765", url): url for url in re.findall(r"baseUrl: (\S+)", text)}
        for there in re.findall(r"baseUrl: (\S+)", project):
            project = project.replace(there, printed[there])
        desk.write("reconciler.yaml", project)
        for file in (example / "manifests").iterdir():
            desk.write(f"manifests/{file.name}", file.read_text("utf-8"))
        assert desk.ok("plan", "--json", env=tokens).json["summary"]["blocked"] == 0
    finally:
        process.kill()
        process.communicate()


def test_the_store_file_survives(desk: Desk) -> None:
    """--store keeps the live objects from one run to the next."""
    store = desk.folder / "live.json"
    with served(desk, "--seed", "empty", "--store", "live.json") as (process, url):
        request = urllib.request.Request(
            f"{url}/_sandbox/objects/optimum/locations",
            data=json.dumps({"name": "Here", "country_code": "GB"}).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 201
        process.terminate()
        process.communicate(timeout=5)
    assert "Here" in store.read_text("utf-8")
    with served(desk, "--store", "live.json") as (_, url):
        listed = get(f"{url}/_sandbox/objects/optimum/locations")
        assert isinstance(listed, list)
        assert [item["name"] for item in listed] == ["Here"]


def test_options_and_faults_from_the_command_line(desk: Desk) -> None:
    """--option, --latency and --faults are in force from the first request on."""
    desk.write("faults.json", json.dumps([{"match": {"vendor": "optimum"}, "fault": {"status": 503}}]))
    options = ("--option", "page_base=0", "--latency", "5", "--faults", "faults.json")
    with served(desk, *options) as (_, url):
        shown = get(f"{url}/_sandbox/options")
        assert isinstance(shown, dict)
        assert (shown["page_base"], shown["latency"]) == (0, 5)
        faults = get(f"{url}/_sandbox/faults")
        assert isinstance(faults, list)
        assert faults[0]["fault"] == {"status": 503}


UNFIT = [
    (("--option", "no_such=1"), "an unknown option"),
    (("--seed", "nowhere.json"), "a seed that is not there"),
    (("--faults", "nowhere.json"), "faults that are not there"),
    (("--faults", "broken.json"), "faults that are no JSON"),
    (("--port", "70000"), "no port"),
    (("--latency", "-1"), "a negative latency"),
]


@pytest.mark.parametrize(("options", "reason"), UNFIT, ids=[reason for _, reason in UNFIT])
def test_it_does_not_start_with_an_unfit_option(desk: Desk, options: tuple[str, ...], reason: str) -> None:
    """A wrong option is told and exits with 3."""
    desk.write("broken.json", "[")
    done = desk.run("sandbox", "--port", "0", *options)
    assert (done.code, done.out) == (3, "")
    assert "RCN0301" in done.err


def test_a_port_that_is_taken(desk: Desk) -> None:
    """Also a taken port is told in words."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = desk.run("sandbox", "--port", str(other.getsockname()[1]))
    assert (done.code, "cannot start" in done.err) == (3, True)


def test_it_listens_on_loopback_alone(desk: Desk) -> None:
    """Nobody else on the network sees it."""
    with served(desk) as (_, url):
        port = int(url.rsplit(":", 1)[1])
        tables = [Path(f"/proc/net/tcp{suffix}") for suffix in ("", "6")]
        listening = [line.split()[1] for t in tables if t.exists() for line in t.read_text().splitlines()[1:]]
        if listening:
            assert {entry.split(":")[0] for entry in listening if entry.endswith(f":{port:04X}")} <= {"0100007F"}


def test_it_describes_itself(desk: Desk) -> None:
    """--describe prints a vendor's stand-in as OpenAPI, as the options are, and serves nothing."""
    done = desk.run("sandbox", "--describe", "optimum", "--option", "wrap_errors=true")
    assert (done.code, done.err) == (0, "")
    described = json.loads(done.out)
    assert (described["openapi"], described["servers"]) == ("3.1.0", [{"url": "/optimum"}])
    refused = described["paths"]["/api/v1/locations"]["get"]["responses"]["400"]
    assert list(refused["content"]["application/json"]["schema"]["properties"]) == ["error"]
    unknown = desk.run("sandbox", "--describe", "nobody")
    assert (unknown.code, unknown.out) == (3, "")
    assert "there are enco, customersure, optimum, buenno, b2s" in unknown.err
