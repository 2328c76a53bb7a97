"""A vendor's description in OpenAPI 3.1, made of the very tables by which the sandbox routes and checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.endpoints import Endpoint, offered
from reconciler.sandbox.kinds import KINDS
from reconciler.sandbox.options import Options
from reconciler.sandbox.parameters import Parameter
from reconciler.sandbox.schemas import Schema

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_NOTE = "The sandbox's stand-in, as its switches are now; faults that were asked for are not described."


@dataclass(frozen=True, slots=True)
class Api:
    """One vendor: its calls, its credentials, and what a refusal looks like."""

    title: str
    version: str
    base: str
    """Where the sandbox mounts it, with what its endpoints' paths leave out."""
    endpoints: tuple[Endpoint, ...]
    schemes: Mapping[str, Schema]
    """OpenAPI's security schemes by name; the first is the usual one."""
    refused: Callable[[Endpoint, Options], Iterable[int]]
    """The statuses of an endpoint's refusals."""
    error: Callable[[Options, Endpoint], Schema | None]
    """The body of a refusal; None where it has none."""
    blank_is_null: bool = False
    """Whether an empty text in a body does for null."""
    also_takes: tuple[str, ...] = ()
    """Media types that a body may have beside its endpoint's."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that every call needs beside its credentials, with a value that will do."""


def describe(api: Api, options: Options, origin: str = "") -> dict[str, Any]:
    """The whole document; `origin` is where the sandbox answers, as `http://127.0.0.1:8765`."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in offered(api.endpoints, options):
        item = paths.setdefault(endpoint.path, _path_item(endpoint))
        item[endpoint.method.lower()] = _operation(api, endpoint, options)
    return {
        "openapi": "3.1.0",
        "info": {"title": api.title, "version": api.version, "description": _NOTE},
        "servers": [{"url": f"{origin}{api.base}"}],
        "security": [{next(iter(api.schemes)): []}],
        "paths": paths,
        "components": {"securitySchemes": {name: dict(scheme) for name, scheme in api.schemes.items()}},
        "x-headers": dict(api.headers),
    }


def _path_item(endpoint: Endpoint) -> dict[str, Any]:
    names = [part[1:-1] for part in endpoint.path.split("/") if part.startswith("{")]
    schema = {"type": "string", "minLength": 1}
    found = [{"name": name, "in": "path", "required": True, "schema": schema} for name in names]
    return {"parameters": found} if found else {}


def _operation(api: Api, endpoint: Endpoint, options: Options) -> dict[str, Any]:
    """One call; `x-refusals` tells what is refused beyond what schemas can say."""
    needed = endpoint.needed(options) if endpoint.needed else ()
    found: dict[str, Any] = {
        "parameters": [_query(parameter, parameter.name in needed) for parameter in endpoint.query],
        "responses": _responses(api, endpoint, options),
        "x-source": endpoint.source,
        "x-refusals": list(endpoint.refusals),
    }
    if endpoint.body:
        schema = {"schema": body_schema(endpoint, blank=api.blank_is_null)}
        encodings = (endpoint.encoding or JSON, *api.also_takes)
        found["requestBody"] = {"required": True, "content": dict.fromkeys(encodings, schema)}
    if endpoint.scheme:
        found["security"] = [{endpoint.scheme: []}]
    return found


def _query(parameter: Parameter, needed: bool) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required or needed,
        "schema": schema_of(parameter, as_text=True),
    }


def _responses(api: Api, endpoint: Endpoint, options: Options) -> dict[str, Any]:
    answer = endpoint.answer
    status, schema = answer(options) if callable(answer) else (endpoint.statuses[0], answer)
    found = {status: _response("as documented", schema)}
    hurried = {429} if api.base.split("/")[1] in options.rate_limit else set()
    for refused in sorted({*api.refused(endpoint, options), *hurried} - {status}):
        found[refused] = _response("refused", api.error(options, endpoint))
    return {str(status): response for status, response in found.items()}


def _response(description: str, schema: Schema | None) -> dict[str, Any]:
    return {"description": description} | ({"content": {JSON: {"schema": schema}}} if schema is not None else {})


def body_schema(endpoint: Endpoint, *, blank: bool = False) -> Schema:
    """What the body of a call may be."""
    schema = members(endpoint.body, open_=endpoint.open, as_text=endpoint.encoding == FORM, blank=blank)
    return schema | ({"anyOf": [_given(name, endpoint) for name in endpoint.any_of]} if endpoint.any_of else {})


def _given(name: str, endpoint: Endpoint) -> Schema:
    """That a parameter is there and not null."""
    found = next(parameter for parameter in endpoint.body if parameter.name == name)
    return {"required": [name], **({"properties": {name: {"type": "string"}}} if found.nullable else {})}


def members(
    table: Iterable[Parameter], *, open_: bool = False, as_text: bool = False, blank: bool = False
) -> dict[str, Any]:
    """An object with the parameters of a table as its members."""
    table = tuple(table)
    return {
        "type": "object",
        "properties": {parameter.name: schema_of(parameter, as_text=as_text, blank=blank) for parameter in table},
        "required": [parameter.name for parameter in table if parameter.required],
        "additionalProperties": open_,
    }


def schema_of(parameter: Parameter, *, as_text: bool = False, blank: bool = False) -> dict[str, Any]:
    """A parameter as JSON Schema.

    `as_text` where it comes in a query or a form, whose numbers have 15 digits; `blank` where "" does for null.
    """
    schema = dict(KINDS[parameter.kind].schema)
    if parameter.items:
        schema["items"] = members(parameter.items, blank=blank)
    held = _text_bounds(parameter)
    if schema.get("type") == "array" and "items" in schema and not parameter.items:
        schema["items"] = {**schema["items"], **held}
    else:
        schema |= held
    schema |= _bounds(parameter, as_text and schema.get("type") == "integer")
    if parameter.default is not None:
        schema["default"] = parameter.default
    if parameter.nullable:
        kinds = schema.get("type", [])
        schema["type"] = [*([kinds] if isinstance(kinds, str) else kinds), "null"]
        if blank and schema != {"type": ["string", "null"]}:
            return {"anyOf": [schema, {"const": ""}]}
    return schema


def _text_bounds(parameter: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if parameter.choices:
        found["enum"] = list(parameter.choices)
    if parameter.pattern is not None:
        found["pattern"] = f"^(?:{parameter.pattern})$".replace(r"\d", "[0-9]")
    if parameter.longest is not None:
        found["maxLength"] = parameter.longest
    if parameter.shortest:
        found["minLength"] = parameter.shortest
    return found


def _bounds(parameter: Parameter, counted: bool) -> dict[str, Any]:
    """Numeric bounds and the least entries; `counted` for a whole number in a text."""
    largest = 10**15 - 1
    lowest = parameter.lowest if parameter.lowest is not None else -largest if counted else None
    highest = parameter.highest if parameter.highest is not None else largest if counted else None
    found = {"minimum": lowest, "maximum": highest, "minItems": parameter.fewest or None}
    return {name: value for name, value in found.items() if value is not None}
