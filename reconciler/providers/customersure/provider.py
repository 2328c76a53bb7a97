"""CustomerSure's endpoints for sites (customersure.txt, Sites)."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.errors import WRITE_REFUSED, ReconcilerError
from reconciler.http import Purpose, Request, Transport, confirming, segment
from reconciler.model import JSON, Calls, Connection, Impact, Observed
from reconciler.providers.base import Listing, Sought, Written
from reconciler.providers.customersure import listing
from reconciler.providers.customersure.translation import SITE, site


class CustomerSure:
    """One connection to CustomerSure."""

    kinds = frozenset({SITE})

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self.connection = connection
        self._transport = transport

    def seek(self, kind: str, sought: Sought) -> None:
        """Nothing to do: the list shows everything."""

    def list(self, kind: str) -> Listing:
        """All sites."""
        return Listing(kind, self.connection.name, listing.objects(self._transport, listing.SITES))

    def read(self, kind: str, id: str) -> Observed | None:
        """One site by its code; None on 404 alone (L154), never on a 403."""
        path = f"/sites/{segment(id)}"
        answer = self._transport.send(Request("GET", path, absent_on=frozenset({404})))
        return None if answer.status == 404 else site(answer.json, self.connection.name)

    def create(self, kind: str, fields: Mapping[str, JSON]) -> Written:
        """A new site. What the vendor says to a site_code that exists is not documented; 422 is the likely refusal."""
        return self._write(Request("POST", "/sites", Purpose.ONCE, json=fields))

    def update(self, kind: str, id: str, fields: Mapping[str, JSON]) -> Written:
        """Change the given fields; a new site_code among them renames the site."""
        return self._write(Request("PATCH", f"/sites/{segment(id)}", Purpose.REPEATABLE, json=fields))

    def delete(self, kind: str, id: str) -> Written:
        """Refused here: the API cannot delete a site."""
        raise ReconcilerError(WRITE_REFUSED, f"{self.connection.name}: CustomerSure cannot delete a site")

    def impact(self, kind: str, observed: Observed) -> Impact:
        """The pending feedback requests whose data name the site's code: a new code cuts them off."""
        try:
            requests = listing.objects(self._transport, listing.PENDING)
        except ReconcilerError as error:
            return Impact(failed=error.message)
        pending = (item.fields["site_codes"] for item in requests if item.fields["state"] == "pending")
        return Impact({"pending_feedback_requests": sum(_names(codes, observed.id) for codes in pending)})

    def evidence(self, kind: str, observed: Observed) -> Mapping[str, JSON]:
        """Nothing: a site is never deleted."""
        return {}

    def calls(self) -> Calls:
        """Requests answered so far."""
        return self._transport.calls()

    def close(self) -> None:
        """Let go of sockets."""
        self._transport.close()

    def _write(self, request: Request) -> Written:
        answer = self._transport.send(request)
        with confirming(f"{self.connection.name}: {request.method} {request.path}"):
            written = site(answer.json, self.connection.name)
        return Written(written.id, written.fields)


def _names(codes: JSON, wanted: str) -> bool:
    return isinstance(codes, list) and any(str(code) == wanted for code in codes)
