"""CustomerSure's sites: create, read, update (the code too), list; never deleted (customersure.txt L787-L961)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from reconciler.sandbox.customersure_rules import Problems, blank_to_null, paginate, permit, plain, query_lists
from reconciler.sandbox.exchange import Answer, Object, Request
from reconciler.sandbox.world import World

_FIELDS = {"site_code", "name", "city", "region", "country_code"}
_COUNTRY = re.compile(r"[A-Za-z]{2}", re.ASCII)


def list_sites(world: World, request: Request, _: str) -> Answer:
    """GET /sites, sorted by name."""
    query_lists(request, {"page", "per_page"})
    sites = world.store.collection("customersure", "sites").listed("name")
    return paginate(
        request,
        sites,
        lambda site: site,
        lambda shown: world.store.touch("listed", "customersure", "sites", *(site["site_code"] for site in shown)),
    )


def read_site(world: World, request: Request, code: str) -> Answer:
    """GET /sites/:site_code."""
    query_lists(request, set())
    return Answer(200, _find(world, code))


def create_site(world: World, request: Request, _: str) -> Answer:
    """POST /sites."""
    body = request.json
    permit(body, _FIELDS)
    problems = Problems("/sites/")
    problems.text(body, "site_code", required=True)
    problems.text(body, "name", required=True)
    _check_place(body, problems)
    _check_free(world, body.get("site_code"), problems)
    problems.settle()
    return Answer(201, world.store.insert("customersure", "sites", blank_to_null(body)))


def update_site(world: World, request: Request, code: str) -> Answer:
    """PATCH /sites/:site_code; a new site_code moves the site."""
    site = _find(world, code)
    body = request.json
    permit(body, _FIELDS)
    problems = Problems(f"/sites/{quote(code, safe='')}")
    for name in ("site_code", "name"):
        if name in body:
            problems.text(body, name, required=True)
    _check_place(body, problems)
    _check_kept_region(site, body, problems)
    if body.get("site_code") != code:
        _check_free(world, body.get("site_code"), problems)
    problems.settle()
    return Answer(200, world.store.change("customersure", "sites", code, blank_to_null(body)))


def _check_place(body: Mapping[str, Any], problems: Problems) -> None:
    """City, region and country; "region is required if you specify country_code" (L818), in the same body."""
    problems.text(body, "city")
    problems.text(body, "region", required=bool(body.get("country_code")))
    country = body.get("country_code")
    if country is None or country == "":
        return
    if not isinstance(country, str) or len(country) == 2:
        if not isinstance(country, str) or not _COUNTRY.fullmatch(country):
            problems.add("country_code", "invalid_format", valid_format="[A-Za-z]{2}")
    else:
        problems.add("country_code", "wrong_length", exactly=2)


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
