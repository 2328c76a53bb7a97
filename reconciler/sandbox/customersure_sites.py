"""CustomerSure's sites: create, read, update (the code too), list; never deleted (customersure.txt L787-L961)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from reconciler.sandbox.customersure_rules import Problems, blank_to_null, paginate, plain
from reconciler.sandbox.endpoints import Call
from reconciler.sandbox.exchange import Answer, Object
from reconciler.sandbox.parameters import Parameter
from reconciler.sandbox.world import World

_PLACE = (
    Parameter("city", nullable=True),
    Parameter("region", nullable=True),
    Parameter("country_code", pattern="[A-Za-z]{2}", shortest=2, longest=2, nullable=True),
)
CREATE = (Parameter("site_code", "filled", required=True), Parameter("name", "filled", required=True), *_PLACE)
UPDATE = (Parameter("site_code", "filled"), Parameter("name", "filled"), *_PLACE)


def list_sites(call: Call) -> Answer:
    """GET /sites, sorted by name."""
    return paginate(call, call.world.store.collection("customersure", "sites").listed("name"), "sites")


def read_site(call: Call) -> Answer:
    """GET /sites/:site_code."""
    return Answer(200, _find(call.world, call.path[0]))


def create_site(call: Call) -> Answer:
    """POST /sites."""
    world, body = call.world, call.body
    problems = Problems("/sites/")
    problems.check(CREATE, body)
    _check_place(body, problems)
    _check_free(world, body.get("site_code"), problems)
    problems.settle()
    return Answer(201, world.store.insert("customersure", "sites", blank_to_null(body)))


def update_site(call: Call) -> Answer:
    """PATCH /sites/:site_code; a new site_code moves the site."""
    world, body, code = call.world, call.body, call.path[0]
    site = _find(world, code)
    problems = Problems(f"/sites/{quote(code, safe='')}")
    problems.check(UPDATE, body)
    _check_place(body, problems)
    _check_kept_region(site, body, problems)
    if body.get("site_code") != code:
        _check_free(world, body.get("site_code"), problems)
    problems.settle()
    return Answer(200, world.store.change("customersure", "sites", code, blank_to_null(body)))


def _check_place(body: Mapping[str, Any], problems: Problems) -> None:
    """ "region is required if you specify country_code" (L818), in the same body."""
    if body.get("country_code") and not body.get("region"):
        problems.add("region", "required")


def _check_kept_region(site: Object, body: Mapping[str, Any], problems: Problems) -> None:
    """A region cannot be cleared while the site keeps its country."""
    clears = "region" in body and not body["region"]
    if clears and "country_code" not in body and site["country_code"]:
        problems.add("region", "required")


def _check_free(world: World, code: object, problems: Problems) -> None:
    if isinstance(code, str) and code in world.store.collection("customersure", "sites"):
        problems.add("site_code", "custom", message="site_code has already been taken")


def _find(world: World, code: str) -> Object:
    site = world.store.collection("customersure", "sites").get(code)
    if site is None:
        raise plain(404, "Not found")
    return site
