"""What CustomerSure's resources share: error bodies, parameter checks and numbered pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from reconciler.sandbox.endpoints import Call
from reconciler.sandbox.exchange import Answer, Object, Refusal, Request
from reconciler.sandbox.parameters import Parameter, Unfit, read_text
from reconciler.sandbox.schemas import TEXT, array, choice, fields, record
from reconciler.sandbox.shapes import shape_of

MAX_PAGE_SIZE = 100
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
PAGING = (
    Parameter("page", "integer", default=1, lowest=1, highest=999_999_999),
    Parameter("per_page", "integer", default=30, lowest=1, highest=999_999_999),
)
"""L463-L466: a larger page than 100 is cut."""
CODES = ("required", "invalid_format", "wrong_length", "invalid_value", "forbidden_value", "invalid_date", "custom")
PROBLEM = record({**fields(TEXT, "resource field"), "error": choice(*CODES), "extra_info": {"type": "object"}})
ERROR = record({"message": TEXT, "errors": array(PROBLEM, minItems=1)}, optional=("errors",))
"""The body of a refusal (L88-L131), as JSON Schema."""


def plain(status: int, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Refusal:
    """A refusal with a message alone."""
    return Refusal(Answer(status, {"message": message}, headers))


@dataclass(slots=True)
class Problems:
    """The validation errors of one resource, gathered so that all are told at once (L86)."""

    resource: str
    errors: list[Object] = field(default_factory=list)

    def add(self, name: str, error: str, **extra: Any) -> None:
        """Note a problem of a field; numbers go out as text, as in L174."""
        info = {key: str(value) if isinstance(value, int) else value for key, value in extra.items()}
        self.errors.append({"resource": self.resource, "field": name, "error": error, "extra_info": info})

    def settle(self) -> None:
        """Raise the 422 if there is any problem."""
        if self.errors:
            raise Refusal(Answer(422, {"message": "Validation error", "errors": self.errors}))

    def check(self, table: Iterable[Parameter], values: Mapping[str, Any]) -> None:
        """Note what of a body the table does not allow; 403 for what it does not know, in the items of arrays too."""
        table = tuple(table)
        permit(values, {parameter.name for parameter in table})
        for parameter in table:
            value = values.get(parameter.name)
            if value in (None, ""):
                if parameter.required or (parameter.name in values and not parameter.nullable):
                    self.add(parameter.name, "required")
            elif parameter.items and isinstance(value, list) and all(isinstance(entry, dict) for entry in value):
                for entry in value:
                    self.check(parameter.items, entry)
            else:
                self._try(parameter, value)

    def _try(self, parameter: Parameter, value: Any) -> None:
        try:
            parameter.read(value)
        except Unfit as unfit:
            code, extra = _problem(parameter, unfit)
            self.add(parameter.name, code, **extra)


def _problem(parameter: Parameter, unfit: Unfit) -> tuple[str, dict[str, Any]]:
    """The code of L101-L109 and its extra information (L122-L131)."""
    if parameter.kind in ("instant", "moment"):
        return "invalid_date", {}
    if parameter.kind == "email":
        return "invalid_format", {"valid_format": EMAIL}
    if unfit.rule == "choices":
        return "invalid_value", {"allowed_values": list(parameter.choices)}
    if unfit.rule in ("shortest", "longest"):
        exact = parameter.shortest == parameter.longest
        return "wrong_length", {"exactly" if exact else "maximum": parameter.longest}
    if unfit.rule == "pattern":
        return "invalid_format", {"valid_format": parameter.pattern}
    if parameter.kind == "identifier":
        return "invalid_format", {"must_be": "integer"}
    return "invalid_format", {"message": unfit.problem}


def permit(names: Iterable[str], permitted: set[str]) -> None:
    """403 for a parameter that is not permitted (L150)."""
    if unknown := [name for name in names if name not in permitted]:
        raise plain(403, f"Unpermitted parameters: {', '.join(unknown)}")


def blank_to_null(values: Mapping[str, Any]) -> Object:
    """Blank fields are null (L18)."""
    return {name: None if value == "" else value for name, value in values.items()}


def read_query(table: Iterable[Parameter], request: Request) -> Object:
    """The query's values by name: names that end in [] may repeat, of another the last counts; 403 and 422."""
    known = {parameter.name: parameter for parameter in table}
    permit([name for name, _ in request.query], set(known))
    problems = Problems("/" + request.segments[1])
    values: Object = {name: parameter.default for name, parameter in known.items() if parameter.default is not None}
    for name, given in _grouped(request).items():
        try:
            values[name] = read_text(known[name], given)
        except Unfit as unfit:
            whole = {"greater_than": 0, "must_be": "integer"} if known[name].kind == "integer" else None
            code, extra = ("invalid_value", whole) if whole else _problem(known[name], unfit)
            problems.add(name.removesuffix("[]"), code, **extra)
    problems.settle()
    return values


def _grouped(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in request.query:
        found[name] = [*found.get(name, []), value] if name.endswith("[]") else value
    return found


def paginate(call: Call, items: list[Object], collection: str) -> Answer:
    """One page as a bare array with Link, X-Total-Pages and X-Total-Count (L671-L674); above 100 cut, or refused."""
    request, key = call.request, shape_of("customersure", collection).key
    page, size = call.query["page"], min(call.query["per_page"], MAX_PAGE_SIZE)
    if call.query["per_page"] > MAX_PAGE_SIZE and call.world.options.per_page_over_limit == "refused":
        problems = Problems(f"/{collection}")
        problems.add("per_page", "invalid_value", less_than=MAX_PAGE_SIZE + 1)
        problems.settle()
    pages = max(1, -(-len(items) // size))
    shown = items[(page - 1) * size : page * size]
    call.world.store.touch("listed", "customersure", collection, *(str(item[key]) for item in shown))
    links = [("first", 1, True), ("prev", page - 1, page > 1), ("next", page + 1, page < pages), ("last", pages, True)]
    wanted = [(rel, number) for rel, number, exists in links if exists]
    headers = (
        ("Link", ", ".join(f'<{_page_address(request, number)}>; rel="{rel}"' for rel, number in wanted)),
        ("X-Total-Pages", str(pages)),
        ("X-Total-Count", str(len(items))),
    )
    return Answer(200, shown, headers)


def _page_address(request: Request, page: int) -> str:
    pairs = [(name, value) for name, value in request.query if name != "page"]
    return f"{request.origin}{request.raw_path}?{urlencode([('page', str(page)), *pairs])}"
