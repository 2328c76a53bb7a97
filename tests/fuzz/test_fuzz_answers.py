"""Vendors' answers that nobody documented: values that can be planned with and shown, or declared errors."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import note

from reconciler.errors import LISTING_INCOMPLETE, Uncertain
from reconciler.http.wire import Raw
from reconciler.model import Address, Desired, Observed, Recorded, Snapshot, Source
from reconciler.plan import Inputs, build
from reconciler.providers.b2s import listing as b2s_listing
from reconciler.providers.base import Listing, Provider, Sought
from reconciler.providers.buenno import listing as buenno_listing
from reconciler.providers.customersure import listing as customersure_listing
from reconciler.providers.optimum import listing as optimum_listing
from reconciler.report.document import dumps
from reconciler.report.plan_text import plan_text
from reconciler.report.shape import plan_document
from reconciler.sandbox.app import SandboxApp
from reconciler.sandbox.seed import EMPTY
from tests.contract.providers.subjects import SUBJECTS, Subject
from tests.fuzz.manifests import registry
from tests.fuzz.measure import Verdict, cases, harmless, tried
from tests.fuzz.rawserver import RawServer, serving
from tests.fuzz.tape import Tape
from tests.fuzz.vendors import VENDORS, Changing, Clock, Scripted, Vendor, altered, on_the_wire, sandbox
from tests.simulation.wire import call

GROUP = "vendor answers"
WRITES = ("create", "update", "delete")
Call = Callable[[Provider, Subject, str], Any]
CALLS: Mapping[str, Call] = {
    "list": lambda provider, subject, id: provider.list(subject.kind),
    "seek": lambda provider, subject, id: sought(provider, subject, id),
    "read": lambda provider, subject, id: provider.read(subject.kind, id),
    "create": lambda provider, subject, id: provider.create(subject.kind, subject.new(7)),
    "update": lambda provider, subject, id: provider.update(subject.kind, id, subject.change),
    "delete": lambda provider, subject, id: provider.delete(subject.kind, id),
    "impact": lambda provider, subject, id: provider.impact(subject.kind, observed(subject, id)),
    "evidence": lambda provider, subject, id: provider.evidence(subject.kind, observed(subject, id)),
}


def sought(provider: Provider, subject: Subject, id: str) -> Listing:
    """A listing after it was said what it is for."""
    provider.seek(subject.kind, Sought((subject.new(0), subject.new(1)), frozenset({id, "nothing"})))
    return provider.list(subject.kind)


def observed(subject: Subject, id: str) -> Observed:
    """An object as an earlier listing may have shown it."""
    return Observed(subject.kind, subject.vendor, id, subject.new(0))


@pytest.fixture(scope="module")
def app() -> Iterator[SandboxApp]:
    """The vendors, in this process."""
    yield sandbox()


def filled(app: SandboxApp, subject: Subject) -> str:
    """A few objects of the kind; the id of the first."""
    app.world.store.load(EMPTY)
    subject.seed(SimpleNamespace(store=app.world.store), 3)  # type: ignore[arg-type]
    items = app.world.store.objects(subject.vendor, subject.collection)
    key = app.world.store.collection(subject.vendor, subject.collection).shape.key
    return str(items[0][key])


def asked(vendor: Vendor, provider: Provider, subject: Subject, name: str, id: str) -> Verdict[Any]:
    """One call; a refused write says either that nothing was done or that nobody knows."""
    verdict = tried(GROUP, lambda: CALLS[name](provider, subject, id))
    for error in verdict.errors:
        assert error.code[:5] in ("RCN04", "RCN05", "RCN09"), error.code
        assert name in WRITES or not isinstance(error, Uncertain)
    return verdict


def shown(subject: Subject, listing: Listing) -> None:
    """Plan with what was listed: against manifests and records of the same kind, and show it in every form."""
    kind, vendor = subject.kind, subject.vendor
    provider, _, type_ = kind.partition("/")
    names = [Address(provider, type_, f"a{n}") for n in range(4)]
    spec = {name: value for name, value in subject.new(0).items() if not registry().types[kind].fields[name].ref}
    records = {
        address: Recorded(address, vendor, item.id, subject.new(n))
        for n, (address, item) in enumerate(zip(names[:2], listing.objects, strict=False))
    }
    inputs = Inputs(
        "acme",
        None,
        registry(),
        {address: Desired(address, vendor, spec, Source("a.yaml", 1)) for address in names[1:3]},
        Snapshot(exists=True, lineage="l", records=records),
        {(vendor, kind): listing.objects},
    )
    plan = build(inputs)
    harmless(plan_text(plan, registry()) + dumps(plan_document(plan, registry())))


@cases(0.7)
def test_answers_changed_on_their_way(app: SandboxApp, tape: Tape) -> None:
    """Any call to any vendor, whose answers have values exchanged, broken bodies, other statuses and odd headers."""
    vendor = tape.pick(VENDORS)
    subject, name = tape.pick(vendor.subjects), tape.pick(list(CALLS))
    id = filled(app, subject)
    wire = Changing(app, tape)
    provider = vendor.connected(wire, Clock())
    verdict = asked(vendor, provider, subject, name, id)
    note(f"{vendor.name} {subject.kind} {name}: {wire.sent}")
    if isinstance(verdict.value, Listing):
        tried(GROUP, lambda: shown(subject, verdict.value))


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    """A vendor that answers with any bytes."""
    with serving() as server:
        yield server


@cases(0.25)
def test_answers_that_are_hardly_http(app: SandboxApp, server: RawServer, tape: Tape) -> None:
    """Over a real socket: broken heads, lengths that lie, chunks, encodings, and nothing at all."""
    vendor = tape.pick(VENDORS)
    subject, name = tape.pick(vendor.subjects), tape.pick(list(CALLS))
    id = filled(app, subject)
    server.answer = lambda line: raw_answer(app, vendor, line, tape)
    provider = vendor.connected(None, Clock(), f"http://127.0.0.1:{server.port}/{vendor.path}")
    try:
        asked(vendor, provider, subject, name, id)
    finally:
        provider.close()


def raw_answer(app: SandboxApp, vendor: Vendor, line: str, tape: Tape) -> bytes:
    """The bytes of an answer; after the tape's end, nothing."""
    method, target, *_ = line.split(" ")
    path, _, query = target.partition("?")
    raw = call(app, method, path, query, vendor.credentials, b"")
    return on_the_wire(tape, altered(tape, raw)) if tape.left else b""


def full(vendor: str, page: int, *, size: int = 100) -> Any:
    """A page of sites or locations that nobody saw before."""
    numbers = range(page * size, (page + 1) * size)
    if vendor == "customersure":
        return [{"site_code": f"s{n}", "name": "x"} for n in numbers]
    return [{"id": f"s{n}", "name": "x"} for n in numbers]


def number_of(url: str) -> int:
    """The page that a URL asks for."""
    return int(url.partition("page=")[2].partition("&")[0] or 0)


ENDLESS: list[tuple[str, str, str, Callable[[str], Raw]]] = [
    ("customersure", "customersure/Site", "links without an end", lambda url: linked(url, size=100)),
    ("customersure", "customersure/Site", "links to empty pages without an end", lambda url: linked(url, size=0)),
    (
        "customersure",
        "customersure/Site",
        "full pages without an end",
        lambda url: answer(full("customersure", number_of(url))),
    ),
    (
        "customersure",
        "customersure/Site",
        "more objects than there are people",
        lambda url: answer(full("customersure", number_of(url)), **{"x-total-count": "9000000000"}),
    ),
    (
        "customersure",
        "customersure/Site",
        "a total that grows",
        lambda url: answer(full("customersure", number_of(url)), **{"x-total-count": str(100 * number_of(url) + 200)}),
    ),
    (
        "optimum",
        "optimum/Location",
        "a total that grows",
        lambda url: counted(url, 100 * number_of(url) + 200, size=100),
    ),
    (
        "optimum",
        "optimum/Location",
        "more objects than there are people",
        lambda url: counted(url, 9_000_000_000, size=100),
    ),
    ("optimum", "optimum/Location", "pages of one object", lambda url: counted(url, 10_000, size=1)),
    ("optimum", "optimum/Account", "empty pages of a large list", lambda url: counted(url, 20_000, size=0)),
    ("buenno", "buenno/Invitation", "full pages without an end", lambda url: invited(offset_of(url), 250)),
    ("buenno", "buenno/Invitation", "the same page again and again", lambda url: invited(0, 250)),
    ("b2s", "b2s/Answer", "more objects than there are people", lambda url: answered(url, 9_000_000_000)),
    ("b2s", "b2s/Answer", "a total that grows", lambda url: answered(url, 100 + offset_of(url))),
    ("b2s", "b2s/Answer", "pages that are never what was asked for", lambda url: answered(url, 5_000, first=0)),
    ("b2s", "b2s/Answer", "empty pages of a large list", lambda url: answered(url, 5_000, size=0)),
]


def answer(body: Any, **headers: str) -> Raw:
    """A 200 with a body."""
    return Raw(200, headers, json.dumps(body).encode())


def offset_of(url: str) -> int:
    """The offset that a URL asks for."""
    return int(url.partition("offset=")[2].partition("&")[0] or 0)


def invited(start: int, size: int) -> Raw:
    """A page of invitations to the form that is sought."""
    return answer({"invitations": [{"id": n, "form_id": 1} for n in range(start, start + size)]})


def answered(url: str, total: int, *, size: int = 50, first: int | None = None) -> Raw:
    """A page of answers, by an offset of rows."""
    start = offset_of(url) if first is None else first
    size = min(size, int(url.partition("limit=")[2].partition("&")[0]))
    data = [{"id": f"a{n}", "nps": 3} for n in range(start, start + size)]
    return answer({"limit": 50, "offset": start, "total": total, "data": data})


def linked(url: str, *, size: int) -> Raw:
    """A page of sites, and the link to one more."""
    number = number_of(url)
    return answer(full("customersure", number, size=size), link=f'<?page={number + 1}>; rel="next"')


def counted(url: str, total: int, *, size: int) -> Raw:
    """A page of locations, and how many there are."""
    return answer({"data": full("optimum", number_of(url), size=size), "total_count": total})


@pytest.mark.parametrize(("vendor", "kind", "reason", "page"), ENDLESS, ids=[f"{c[0]} {c[2]}" for c in ENDLESS])
def test_paging_without_an_end_ends(
    monkeypatch: pytest.MonkeyPatch, vendor: str, kind: str, reason: str, page: Callable[[str], Raw]
) -> None:
    """Every list has a last page, or is told as one that does not add up, before it was read for ever."""
    for module in (customersure_listing, optimum_listing, buenno_listing, b2s_listing):
        monkeypatch.setattr(module, "MOST_PAGES", 300)
    wire = Scripted(page)
    provider = next(v for v in VENDORS if v.name == vendor).connected(wire, Clock())
    provider.seek(kind, Sought(next(subject.sought for subject in SUBJECTS if subject.kind == kind)))
    verdict = tried(GROUP, lambda: provider.list(kind))
    assert verdict.codes == {LISTING_INCOMPLETE}, reason
    assert wire.sent <= 3 * 301


def zeros() -> bytes:
    """A hundred megabytes in a hundred kilobytes."""
    return gzip.compress(b"[" + b" " * 100_000_000 + b"]", 9)


LARGE: list[tuple[str, Callable[[], bytes], set[str]]] = [
    ("compressed a thousandfold", lambda: head("Content-Encoding: gzip", zeros()), {"RCN0507"}),
    ("spaces", lambda: head("", b" " * 40_000_000), {"RCN0507"}),
    ("empty lists", lambda: head("", b"[" + b"[]," * 8_000_000 + b"[]]"), {"RCN0504"}),
    ("empty objects", lambda: head("", b"[" + b"{}," * 8_000_000 + b"{}]"), {"RCN0504"}),
    ("numbers", lambda: head("", b"[" + b"1.5," * 7_000_000 + b"1]"), {"RCN0504"}),
    ("brackets", lambda: head("", b"[" * 30_000_000), {"RCN0504"}),
    ("one text", lambda: head("", b'["' + b"x" * 30_000_000 + b'"]'), {"RCN0504"}),
    ("many headers", lambda: head("\r\n".join(f"X-{n}: {n}" for n in range(20_000)), b"[]"), {"RCN0504", "RCN0502"}),
    ("one long header", lambda: head("Link: <" + "x" * 1_000_000, b"[]"), {"RCN0504", "RCN0502"}),
]


def head(headers: str, body: bytes) -> bytes:
    """A plain answer with some headers."""
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *([headers] if headers else [])]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(("reason", "body", "codes"), LARGE, ids=[case[0] for case in LARGE])
def test_large_answers_are_refused_in_time(
    server: RawServer, reason: str, body: Callable[[], bytes], codes: set[str]
) -> None:
    """As soon as it shows, and without ever holding what it would become."""
    data = body()
    server.answer = lambda line: data
    vendor = next(vendor for vendor in VENDORS if vendor.name == "customersure")
    provider = vendor.connected(None, Clock(), f"http://127.0.0.1:{server.port}/{vendor.path}", retry_seconds=0.0)
    try:
        verdict = tried(GROUP, lambda: provider.list("customersure/Site"))
    finally:
        provider.close()
    assert verdict.codes <= codes and verdict.codes, reason
