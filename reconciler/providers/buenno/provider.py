"""Buenno's endpoints: forms are only shown, invitations are created once and listed; nothing is changed or deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from reconciler.errors import (
    CREDENTIALS_FORBIDDEN,
    OUTCOME_UNKNOWN,
    WRITE_CONFLICT,
    WRITE_FORBIDDEN,
    WRITE_NOT_FOUND,
    WRITE_REFUSED,
    ReconcilerError,
    Uncertain,
)
from reconciler.http import Purpose, Request, Transport, as_object, confirming, fan_out, required
from reconciler.model import JSON, Calls, Connection, Impact, Observed
from reconciler.model.checkup import Checkup, Vitals
from reconciler.model.figures import Measured, Window
from reconciler.providers.base import Listing, Sought, Written
from reconciler.providers.buenno import figures, listing
from reconciler.providers.buenno.translation import FORM, INVITATION, forms, invitation, invitation_form

# What buenno.txt says of these statuses, where it is not what they usually mean (L32-L35, L75-L80).
_MEANINGS = {
    CREDENTIALS_FORBIDDEN: "Buenno says so while no form is active, too: look at the form in the vendor's console",
    WRITE_CONFLICT: "an invitation with this identifier exists, and nothing says that it is this one: look for it in "
    "the vendor's console before you change pf_external_id or the contact",
    WRITE_FORBIDDEN: "no form is active at the moment: activate it in the vendor's console, then run apply again",
    WRITE_NOT_FOUND: "the form is not there any more, or not this token's: run plan, it reads the token's forms",
}


class Buenno:
    """One connection to Buenno."""

    kinds = frozenset({FORM, INVITATION})

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self.connection = connection
        self._transport = transport
        self._sought: dict[str, Sought] = {}
        self._astray = ""  # set once an invitation went out for another form than was asked for

    def seek(self, kind: str, sought: Sought) -> None:
        """Remember whose invitations matter: they are listed form by form."""
        self._sought[kind] = sought

    def list(self, kind: str) -> Listing:
        """All forms of the token; or the invitations of the forms that are sought, else of all of them."""
        name = self.connection.name
        if kind == FORM:
            return Listing(kind, name, self._forms())
        sought = {str(fields["form"]) for fields in self._sought.get(kind, Sought()).fields if _is_id(fields)}
        ids = sorted(sought) or [form.id for form in self._forms()]
        passed = self._transport.telling(kind, len(ids), noun="forms")
        lists = fan_out(self._invitations, ids, self.connection.concurrency, passed)
        return Listing(kind, name, tuple(item for items in lists for item in items), complete=False)

    def read(self, kind: str, id: str) -> Observed | None:
        """One object out of a listing that holds everything."""
        found = self._forms() if kind == FORM else self.list(kind).objects
        return next((item for item in found if item.id == id), None)

    def create(self, kind: str, fields: Mapping[str, JSON]) -> Written:
        """An invitation, which sends an e-mail or an SMS.

        One that the vendor made for another form than was asked for is uncertain: it is out, and not what was meant.
        No other one is sent after it.
        """
        if kind != INVITATION:
            raise self._refused("Buenno cannot create a form")
        if self._astray:
            raise self._refused(f"not sent, since {self._astray}")
        request = Request("POST", "/invitations", Purpose.ONCE, form=invitation_form(fields))
        try:
            answer = self._transport.send(request)
        except ReconcilerError as error:
            raise _explained(error) from None
        with confirming(f"{self.connection.name}: POST /invitations"):
            body = as_object(answer.json, "the created invitation")
            made = invitation(required(body, "invitation", "the created invitation"), self.connection.name)
        asked = fields.get("form")
        if asked is not None and made.fields["form"] != str(asked):
            self._astray = f"invitation {made.id} was made for form {made.fields['form']} where {asked} was asked for"
            raise Uncertain(OUTCOME_UNKNOWN, f"{self.connection.name}: POST /invitations: {self._astray}; it was sent")
        return Written(made.id, made.fields)

    def update(self, kind: str, id: str, fields: Mapping[str, JSON]) -> Written:
        """Refused here: the API changes nothing."""
        raise self._refused("Buenno can change neither forms nor invitations")

    def delete(self, kind: str, id: str) -> Written:
        """Refused here: the API deletes nothing."""
        raise self._refused("Buenno can delete neither forms nor invitations")

    def replies(self, since: datetime, until: datetime) -> tuple[Mapping[str, JSON], ...]:
        """Every reply of a period with its answers, over all forms: a reply does not say which form it is of."""
        return listing.replies(self._transport, since, until)

    def impact(self, kind: str, observed: Observed) -> Impact:
        """Nothing: there are no deletes."""
        return Impact()

    def evidence(self, kind: str, observed: Observed) -> Mapping[str, JSON]:
        """Nothing: there are no deletes."""
        return {}

    def check(self) -> Checkup:
        """The token's info, which is made for this."""
        return Checkup({"forms": len(self._forms())})

    def vitals(self) -> Vitals:
        """What the answers so far showed beside their bodies."""
        return self._transport.vitals()

    def figures(self, observed: Sequence[Observed], window: Window) -> Measured:
        """Invitations by form, and the replies of all of them."""
        return figures.measured(self._transport, observed, window)

    def calls(self) -> Calls:
        """Requests answered so far."""
        return self._transport.calls()

    def close(self) -> None:
        """Let go of sockets."""
        self._transport.close()

    def _forms(self) -> tuple[Observed, ...]:
        return forms(self._transport.send(Request("GET", "/token-info")).json, self.connection.name)

    def _invitations(self, form: str) -> tuple[Observed, ...]:
        try:
            return listing.invitations(self._transport, form)
        except ReconcilerError as error:
            raise _explained(error) from None

    def _refused(self, why: str) -> ReconcilerError:
        return ReconcilerError(WRITE_REFUSED, f"{self.connection.name}: {why}")


def _is_id(fields: Mapping[str, JSON]) -> bool:
    """Whether the form that a sought invitation is of has an id yet."""
    return isinstance(fields.get("form"), str)


def _explained(error: ReconcilerError) -> ReconcilerError:
    """The error with what its status means to this vendor; one in doubt stays as it is."""
    if isinstance(error, Uncertain) or error.code not in _MEANINGS:
        return error
    return ReconcilerError(error.code, error.message, hint=_MEANINGS[error.code])
