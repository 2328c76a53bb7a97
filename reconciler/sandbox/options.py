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
    "report_period": ("required", "optional"),
    "unknown_site_code": ("taken", "refused"),
    "per_page_over_limit": ("clamp", "refused"),
    "feedback_request_delete": ("none", "pending", "any"),
    "deleted_subscribers": ("hidden", "ghost"),
    "list_arguments": ("query", "body"),
    "name_filter": ("exact", "part"),
    "sort_by_takes": ("any", "created", "none"),
    "created_bounds": ("inclusive", "exclusive"),
    "invalid_filter": ("inverted", "plain"),
    "buenno_create_status": (200, 201),
    "buenno_parameter_status": (400, 422),
    "buenno_method_status": (404, 405),
    "buenno_get_body": ("ignored", "read", "refused"),
    "buenno_over_limit": ("refused", "clamp"),
    "buenno_create_form_id": ("taken", "ignored", "refused"),
    "buenno_both_contacts": ("refused", "taken"),
    "buenno_identifier": ("pf_external_id", "contact", "none"),
    "buenno_inactive_forms": ("listed", "hidden"),
    "buenno_bounds": ("inclusive", "exclusive"),
    "buenno_sort": ("oldest", "newest"),
    "buenno_replies_by": ("created_at", "updated_at"),
    "buenno_figures": ("text", "number"),
    "buenno_timestamps": ("seconds", "text"),
    "b2s_offset": ("rows", "pages", "pages_from_1"),
    "b2s_over_limit": ("refused", "clamp"),
    "b2s_sort": ("newest", "oldest"),
    "b2s_date_end": ("included", "excluded"),
    "b2s_absent": ("field", "null", "empty"),
    "b2s_answer_search": ("shown", "missing"),
    "b2s_searches": ("answer", "missing"),
    "b2s_unknown_token": (403, 404),
    "b2s_unknown_question": ("refused", "taken"),
    "b2s_error_body": ("message", "error", "html", "empty"),
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
    send_status: int = 200
    """The status of a send; the document names none."""
    report_period: str = "required"
    """Whether a report demands startDate and endDate (enco.txt L174); left out, they are the epoch and now."""
    survey_list_cap: int = 0
    """GET /surveys shows no more than so many, as a list with pages nobody wrote about would; 0 is no cap."""
    # CustomerSure.
    patch_echo_empty_data: bool = True
    """PATCH /feedback_requests answers `data: []` and the old updated_at (customersure.txt L442)."""
    feedback_request_delete: str = "none"
    """Which feedback requests DELETE takes: customersure.txt L181 promises it, and nothing documents it."""
    unknown_site_code: str = "taken"
    """What becomes of a data item `site_code` without such a site (customersure.txt L267)."""
    per_page_over_limit: str = "clamp"
    """What becomes of a per_page above 100."""
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
    deleted_subscribers: str = "hidden"
    """`ghost`: a deleted subscriber stays readable and listed."""
    list_arguments: str = "query"
    """Where a list's arguments go: the query as in the examples, or a JSON body as in optimum.txt L9."""
    name_filter: str = "exact"
    """Whether the filter `name` of locations and accounts takes a part of the name for it, without regard to case."""
    sort_by_takes: str = "any"
    """The fields that sort_by takes: any, `created` alone (optimum.txt L41 shows no other), or none."""
    created_bounds: str = "inclusive"
    """Whether created_before and created_after include the very second."""
    invalid_filter: str = "inverted"
    """`inverted` as optimum.txt L328 has it: TRUE is valid; `plain` is the attribute's own meaning."""
    # Buenno.
    buenno_create_status: int = 200
    """The status of POST /invitations; the document names none."""
    buenno_parameter_status: int = 400
    """The status for a parameter that is missing, unknown or wrong; the document names none."""
    buenno_method_status: int = 404
    """The status for a method that is not allowed: 404 in buenno.txt L34, once 405."""
    buenno_get_body: str = "ignored"
    """What a GET's body is good for: buenno.txt L144 sends parameters in it, and L198 does not echo them."""
    buenno_over_limit: str = "refused"
    """What becomes of a limit above the maximum."""
    buenno_create_form_id: str = "taken"
    """What becomes of a form_id in POST /invitations: buenno.txt L80 knows it, the table does not."""
    buenno_both_contacts: str = "refused"
    """What becomes of a phone and an email at once (buenno.txt L43: "either")."""
    buenno_identifier: str = "pf_external_id"
    """The "given identifier" whose second invitation is a 409 (buenno.txt L76)."""
    buenno_inactive_forms: str = "listed"
    """Whether token-info shows forms that are not active."""
    buenno_bounds: str = "inclusive"
    """Whether from, to, created_after and created_before include the very instant."""
    buenno_sort: str = "oldest"
    """Which rows come first."""
    buenno_replies_by: str = "created_at"
    """The time that from and to mean."""
    buenno_figures: str = "text"
    """Whether total, limit and offset of replies are text (buenno.txt L197) or numbers."""
    buenno_timestamps: str = "seconds"
    """How pf_timestamp is read: the seconds that were written, or ISO 8601 text."""
    # B2S.
    b2s_offset: str = "rows"
    """What offset counts: rows (b2s.txt L84), or pages from 1 as clients found; page 0 is the first, or refused."""
    b2s_over_limit: str = "refused"
    """What becomes of a limit above 50."""
    b2s_sort: str = "newest"
    """Which answers come first."""
    b2s_date_end: str = "included"
    """Whether the last day belongs to the period."""
    b2s_utc_offset: float = 0
    """Hours that the vendor's clock is ahead of UTC: of the created_at sent, and of the days asked for."""
    b2s_absent: str = "field"
    """What a missing page, client or consumption is: {} and objects of nulls as in the field, null, or {}."""
    b2s_answer_search: str = "shown"
    """`missing`: answers come without their search, as they sometimes do."""
    b2s_searches: str = "answer"
    """`missing`: the inventory of the sibling document is a 404."""
    b2s_unknown_token: int = 403
    """The status for a token that nobody knows: b2s.txt L68, or L69."""
    b2s_unknown_question: str = "refused"
    """What becomes of an answer to a question that the survey does not have."""
    b2s_error_body: str = "message"
    """The body of an error, which the document does not show: under which key its text is, a page, or nothing."""

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
