"""The one transport: authorised, paced, retried where it is safe. Importing this does not import httpx."""

from reconciler.http.credentials import (
    Authorizer,
    ClientCredentials,
    basic_key,
    basic_pair,
    bearer,
    key_header,
    quoted_token,
)
from reconciler.http.fan import fan_out
from reconciler.http.link import next_link
from reconciler.http.message import Answer, Expect, Purpose, Request
from reconciler.http.refusal import RefusedRead
from reconciler.http.shape import (
    as_list,
    as_object,
    confirming,
    id_of,
    no_error_inside,
    required,
    scalar,
    unreadable,
    whole_number,
)
from reconciler.http.transport import Limit, Log, Transport
from reconciler.http.url import same_origin, segment
from reconciler.http.watch import Watch
from reconciler.http.words import said, visible

__all__ = [
    "Answer",
    "Authorizer",
    "ClientCredentials",
    "Expect",
    "Limit",
    "Log",
    "Purpose",
    "RefusedRead",
    "Request",
    "Transport",
    "Watch",
    "as_list",
    "as_object",
    "basic_key",
    "basic_pair",
    "bearer",
    "confirming",
    "fan_out",
    "id_of",
    "key_header",
    "next_link",
    "no_error_inside",
    "quoted_token",
    "required",
    "said",
    "same_origin",
    "scalar",
    "segment",
    "unreadable",
    "visible",
    "whole_number",
]
