"""Every vendor of the sandbox: who answers its requests, and how it describes itself."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox import b2s, buenno, customersure, enco, optimum
from reconciler.sandbox.openapi import Api, describe
from reconciler.sandbox.options import Options

APIS: dict[str, Api] = {
    "enco": enco.API,
    "customersure": customersure.API,
    "optimum": optimum.API,
    "buenno": buenno.API,
    "b2s": b2s.API,
}


def description(vendor: str, options: Options | None = None, origin: str = "") -> dict[str, Any]:
    """A vendor in OpenAPI 3.1, as the options are; KeyError for an unknown one."""
    return describe(APIS[vendor], options or Options(), origin)
