"""What CustomerSure's resources share: error bodies, parameter checks and numbered pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from reconciler.sandbox.exchange import Answer, Object, Refusal, Request

PAGE_SIZE = 30
MAX_PAGE_SIZE = 100


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

    def text(self, values: Mapping[str, Any], name: str, *, required: bool = False, maximum: int | None = None) -> None:
        """A field is text or null; a required one is not blank."""
        value = values.get(name)
        if value is None or value == "":
            if required:
                self.add(name, "required")
        elif not isinstance(value, str) or (required and not value.strip()):
            self.add(name, "invalid_format", message="must be a string that is not blank")
        elif maximum is not None and len(value) > maximum:
            self.add(name, "wrong_length", maximum=maximum)


def permit(names: Mapping[str, Any] | list[str], permitted: set[str]) -> None:
    """403 for a parameter that is not permitted (L150)."""
    if unknown := [name for name in names if name not in permitted]:
        raise plain(403, f"Unpermitted parameters: {', '.join(unknown)}")


def blank_to_null(values: Mapping[str, Any]) -> Object:
    """Blank fields are null (L18)."""
    return {name: None if value == "" else value for name, value in values.items()}


def query_lists(request: Request, permitted: set[str]) -> dict[str, list[str]]:
    """The query's values by name; only names that end in [] may repeat."""
    found: dict[str, list[str]] = {}
    for name, value in request.query:
        found.setdefault(name, []).append(value)
    permit(list(found), permitted)
    for name, values in found.items():
        if len(values) > 1 and not name.endswith("[]"):
            found[name] = values[-1:]
    return found


def paginate(
    request: Request,
    items: list[Object],
    show: Callable[[Object], Object],
    on_page: Callable[[list[Object]], None],
) -> Answer:
    """One page as a bare array with Link, X-Total-Pages and X-Total-Count (L671-L674); more than 100 are cut to 100."""
    query = dict(request.query)
    problems = Problems(f"/{request.segments[1]}")
    page = _positive(query, "page", 1, problems)
    size = min(_positive(query, "per_page", PAGE_SIZE, problems), MAX_PAGE_SIZE)
    problems.settle()
    pages = max(1, -(-len(items) // size))
    shown = items[(page - 1) * size : page * size]
    on_page(shown)
    links = [("first", 1, True), ("prev", page - 1, page > 1), ("next", page + 1, page < pages), ("last", pages, True)]
    wanted = [(rel, number) for rel, number, exists in links if exists]
    headers = (
        ("Link", ", ".join(f'<{_page_address(request, number)}>; rel="{rel}"' for rel, number in wanted)),
        ("X-Total-Pages", str(pages)),
        ("X-Total-Count", str(len(items))),
    )
    return Answer(200, [show(item) for item in shown], headers)


def _page_address(request: Request, page: int) -> str:
    pairs = [(name, value) for name, value in request.query if name != "page"]
    return f"{request.origin}{request.raw_path}?{urlencode([('page', str(page)), *pairs])}"


def _positive(query: Mapping[str, str], name: str, default: int, problems: Problems) -> int:
    value = query.get(name)
    if value is None:
        return default
    if value.isascii() and value.isdecimal() and 0 < int(value) < 1_000_000_000:
        return int(value)
    problems.add(name, "invalid_value", greater_than=0, must_be="integer")
    return default
