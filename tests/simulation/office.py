"""The product put together as its command line does it, with wire, clock, threads and state of the simulation below."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache, lru_cache, partial
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from reconciler import manifest, schema
from reconciler.apply import executor
from reconciler.cli import applying, interrupts, planning
from reconciler.cli.command import Setting
from reconciler.cli.options import Globals
from reconciler.cli.planning import Request
from reconciler.cli.terminal import Terminal
from reconciler.http import fan
from reconciler.http.transport import Transport
from reconciler.model import Address, Connection, Plan, Seal, Secret, Selection
from reconciler.observe import impact, world
from reconciler.plan import Consents
from reconciler.project import Project
from reconciler.providers import PROVIDERS
from reconciler.providers.base import Provider
from reconciler.providers.customersure import listing as customersure_listing
from reconciler.providers.optimum import listing as optimum_listing
from reconciler.sandbox import collection
from reconciler.sandbox.seed import CUSTOMERSURE_TOKEN, ENCO_TOKEN, OPTIMUM_TOKEN
from reconciler.schema import Registry
from reconciler.schema.sealing import Sealing
from reconciler.state import open_store
from tests.simulation.clock import Clock
from tests.simulation.crew import Crew, Inline
from tests.simulation.reaper import MortalStore
from tests.simulation.universe import ADDRESSES
from tests.simulation.wire import InProcessWire, Vendors

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # a sync to a file system in memory costs nothing
RETRY_SECONDS = 8.0
SETTLE = 30.0
PAGE = 2  # objects a page, so that listings have several
_TOKENS = {"enco": ENCO_TOKEN, "customersure": CUSTOMERSURE_TOKEN, "optimum": OPTIMUM_TOKEN}
_BASES = {"enco": "enco/survey/1.0.0", "customersure": "customersure", "optimum": "optimum/api/v1"}
CONNECTIONS = {"enco": "enco", "customersure": "customersure", "optimum": "optimum", "second": "optimum"}


@cache
def registry() -> Registry:
    """The kinds, read once."""
    return schema.load()


SEALING = Sealing(registry(), Seal(b"a key for simulated people"))


def project(folder: Path) -> Project:
    """The project of a simulated world."""
    connections = {
        name: Connection(
            name=name,
            provider=provider,
            base_url=f"http://127.0.0.1:{9000 if name != 'second' else 9001}/{_BASES[provider]}",
            company="Acme Ltd" if provider == "customersure" else None,
            timeout=5.0,
            settle=SETTLE,
        )
        for name, provider in CONNECTIONS.items()
    }
    return Project("world", folder, folder / "reconciler.yaml", ("manifests",), "sqlite:///state.db", connections)


class Office:
    """What an ``Apply`` asks of its workspace."""

    state_url = "sqlite:///state.db"
    in_ci = False
    watch = None

    def __init__(self, project: Project, vendors: Vendors) -> None:
        self.project, self.registry, self._vendors = project, registry(), vendors
        self._providers: dict[str, Provider] = {}

    sealing = SEALING

    def providers(self, names: Iterable[str]) -> Mapping[str, Provider]:
        """The product's own providers over a wire of the simulation."""
        for name in sorted(set(names) - set(self._providers)):
            self._providers[name] = connected(self.project.connections[name], self._vendors)
        return self._providers

    def store(self) -> MortalStore:
        """The state, whose writer may die."""
        project = self.project
        clock = self._vendors.clock.now
        store = open_store(project.state, project.name, None, project.folder, clock=clock, seal=SEALING.kept)  # type: ignore[arg-type]
        return MortalStore(store, self._vendors.reaper)

    @property
    def origins(self) -> Mapping[str, str]:
        """Each connection's origin."""
        return {name: connection.origin for name, connection in self.project.connections.items()}

    def manifests(self, text: str, *, none: bool) -> manifest.Manifests:
        """What a manifests' folder with this one file holds; raises Problems."""
        return _loaded(text, none)


@lru_cache(maxsize=2000)
def _loaded(text: str, none: bool) -> manifest.Manifests:
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        folder = Path(name)
        (folder / "manifests").mkdir()
        (folder / "manifests" / "all.yaml").write_text(text, "utf-8")
        return manifest.load(project(folder), registry(), allow_none=none)


def connected(connection: Connection, vendors: Vendors) -> Provider:
    """The vendor's own ``connect``, its transport over the wire of the simulation."""
    module = import_module(PROVIDERS[connection.provider])
    clock = vendors.clock
    transport = partial(
        Transport, clock=clock.now, sleep=clock.sleep, now=clock.now, wire=InProcessWire(vendors, connection.name)
    )
    token = Secret(_TOKENS[connection.provider])
    with patch.object(module, "Transport", transport):
        provider: Provider = module.connect(connection, token, None, retry_seconds=RETRY_SECONDS, log=None)
    return provider


def consents(given: bool) -> Consents:
    """Every consent there is, or none."""
    if not given:
        return Consents()
    every = frozenset(map(Address.parse, (*ADDRESSES, *(f"{a.rpartition('/')[0]}/z" for a in ADDRESSES))))
    return Consents(max_deletes=99, data_loss=every, recreate=every, sends=None)


def request(*, consent: bool, destroy: bool) -> Request:
    """What a run is asked for."""
    return Request(Selection(destroy=destroy), consents(consent))


class Desk:
    """One run's terminal."""

    def __init__(self) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        self.setting = Setting(Globals(), Terminal(self.out, self.err), form="json")

    @property
    def summary(self) -> Mapping[str, Any] | None:
        """The last line of ``apply --json``."""
        lines = self.out.getvalue().strip().splitlines()
        last = json.loads(lines[-1]) if lines else {}
        return last if last.get("type") == "summary" else None


@contextmanager
def installed(clock: Clock, plans: list[Plan]) -> Iterator[None]:
    """Clock, threads and page sizes of the simulation in their places; plans that an apply makes are noted."""
    make_plan = applying.make_plan

    def noted(*arguments: Any, **more: Any) -> Any:
        made = make_plan(*arguments, **more)
        plans.append(made.plan)
        return made

    with ExitStack() as stack:
        for module in (world, impact, fan):
            stack.enter_context(patch.object(module, "ThreadPoolExecutor", Inline))
        stack.enter_context(patch.object(executor, "ThreadPoolExecutor", Crew))
        stack.enter_context(patch.object(executor, "wait", Crew.wait))
        stack.enter_context(
            patch.object(executor, "execute", partial(executor.execute, clock=clock.now, sleep=clock.sleep))
        )
        stack.enter_context(patch.object(applying, "make_plan", noted))
        for module in (applying, planning):
            stack.enter_context(patch.object(module, "time", SimpleNamespace(time=clock.now)))
        stack.enter_context(patch.object(interrupts.Interrupts, "pause", lambda _, seconds: clock.sleep(seconds)))
        stack.enter_context(patch.object(collection, "time", SimpleNamespace(monotonic=clock.now)))
        stack.enter_context(patch.object(optimum_listing, "LIMIT", PAGE))
        stack.enter_context(patch.object(customersure_listing, "PER_PAGE", PAGE))
        yield
