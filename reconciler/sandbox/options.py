"""The switches for what a vendor's document leaves open, and for the server's pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

_CHOICES: dict[str, tuple[Any, ...]] = {
    "accounts_list_requires": ("none", "active", "name", "both"),
    "deleted_locations": ("hidden", "ghost"),
    "feedback_keys": ("hyphen", "underscore"),
    "question_answer": ("object", "empty"),
    "send_answer": ("empty", "object"),
    "report_echo": ("document", "request"),
    "empty_score": (0, None),
}


@dataclass(slots=True)
class Options:
    """Everything that can be switched while the server runs; unknown names and wrong values raise ValueError.

    The defaults follow the documents to the letter; a switch is there where a document is silent or contradicts itself.
    """

    # The server's pace.
    latency: float = 0.0
    """Milliseconds that every vendor request takes before it is processed."""
    rate_limit: dict[str, Any] = field(default_factory=dict)
    """Per vendor a number, or {"requests_per_second": n, "burst": n, "retry_after": text}; beyond it 429."""
    log_limit: int = 200_000
    """Requests kept in the log."""
    now: str | None = None
    """An ISO 8601 instant that stands for the present; null is the machine's clock."""
    # Enco.
    token_lifetime: float = 3600
    """Seconds until an issued access token expires."""
    stray_spaces: bool = True
    """Listings pad bodies and languages as enco.txt L94-L117 do."""
    question_answer: str = "object"
    send_answer: str = "empty"
    create_status: int = 200
    """The status of POST /surveys and of an added question; the document names none."""
    delete_status: int = 200
    send_interval: float = 60
    """Seconds in which the same destination is not surveyed again (enco.txt L145)."""
    report_echo: str = "document"
    """`document` echoes no segments and ALL whatever was asked (enco.txt L192)."""
    empty_score: float | None = 0
    """The score of a report without good responses."""
    # CustomerSure.
    patch_echo_empty_data: bool = True
    """PATCH /feedback_requests answers `data: []` and the old updated_at (customersure.txt L442)."""
    # Optimum.
    allow_forms: bool = False
    """Form bodies are taken too, against optimum.txt L9 and with its `curl -d` examples."""
    accounts_list_requires: str = "none"
    """What GET /accounts demands of name and active (optimum.txt L1005-L1011)."""
    echo_limits_as_strings: bool = True
    """Every account update answers sms_allowance as text (optimum.txt L971)."""
    deleted_locations: str = "hidden"
    """`ghost`: a deleted location stays readable and listed."""
    page_base: int = 1
    """What a listing's first page calls itself (optimum.txt L65 shows 1)."""
    first_page: int = 0
    """The page number that asks for the first page (optimum.txt L37); with 1, page 0 and 1 are the same."""
    wrap_errors: bool = False
    """Errors come inside {"error": {...}}."""
    feedback_keys: str = "hyphen"
    """`nps-score` as in the examples, or `nps_score` as in the attribute list."""

    def update(self, values: Mapping[str, Any]) -> None:
        """Set the named options; ValueError leaves all of them as they were."""
        known = {item.name: item for item in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"unknown option {name!r}; known are {', '.join(sorted(known))}")
            _check(name, value, getattr(Options(), name))
        for name, value in values.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """All options by name."""
        return asdict(self)


def _check(name: str, value: Any, default: Any) -> None:
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            raise ValueError(f"option {name} is one of {_CHOICES[name]}, not {value!r}")
        return
    if name == "rate_limit":
        _check_rates(value)
        return
    if name == "now":
        expected: tuple[type, ...] = (str, type(None))
    elif isinstance(default, bool):
        expected = (bool,)
    else:
        expected = (int, float) if isinstance(default, float | int) else (type(default),)
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        raise ValueError(f"option {name} cannot be {value!r}")


def _check_rates(value: Any) -> None:
    rules = value.values() if isinstance(value, dict) else [None]
    for rule in rules:
        rate = rule.get("requests_per_second") if isinstance(rule, dict) else rule
        if isinstance(rate, bool) or not isinstance(rate, int | float) or rate <= 0:
            raise ValueError("rate_limit gives each vendor a number of requests a second above 0")
