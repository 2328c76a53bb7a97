"""B2S's endpoints: the surveys are shown, an answer is created and read, its status set, a closed loop added to it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from reconciler.errors import (
    CREDENTIALS_FORBIDDEN,
    UNREADABLE,
    WRITE_FORBIDDEN,
    WRITE_NOT_FOUND,
    WRITE_REFUSED,
    ReconcilerError,
    Uncertain,
)
from reconciler.http import (
    Expect,
    Purpose,
    RefusedRead,
    Request,
    Transport,
    as_object,
    confirming,
    fan_out,
    id_of,
    no_error_inside,
    segment,
)
from reconciler.model import JSON, Calls, Connection, Impact, Observed
from reconciler.model.checkup import Checkup, Vitals
from reconciler.model.figures import Measured, Window
from reconciler.providers.b2s import figures
from reconciler.providers.b2s.listing import Answers, Period, around
from reconciler.providers.b2s.translation import (
    ANSWER,
    SURVEY,
    answer,
    answer_body,
    closed_loop_body,
    survey_of,
    surveys,
)
from reconciler.providers.base import Listing, Sought, Written, seen


class B2S:
    """One connection to B2S.

    A 404 means that something is absent, or that the token is not known (b2s.txt L69): it is taken for the former only
    once the token was seen to be good.
    """

    kinds = frozenset({SURVEY, ANSWER})

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self.connection = connection
        self._transport = transport
        self._answers = Answers(transport)
        self._sought: dict[str, Sought] = {}
        self._proven = False

    def seek(self, kind: str, sought: Sought) -> None:
        """Remember what matters: answers are sought by survey and day, surveys by id where there is no inventory."""
        self._sought[kind] = sought

    def list(self, kind: str) -> Listing:
        """All surveys, or those sought where the inventory does not answer; of answers, those sought."""
        sought = self._sought.get(kind, Sought())
        if kind == ANSWER:
            return Listing(kind, self.connection.name, self._found(sought), complete=False)
        try:
            listed = self._transport.send(Request("GET", "/api/searches"))
        except RefusedRead as refused:
            if refused.status not in (401, 403, 404):
                raise
            return self._by_answers(sought)
        return Listing(kind, self.connection.name, surveys(listed.json, self.connection.name))

    def read(self, kind: str, id: str) -> Observed | None:
        """An answer by its id, None on the 404 of a good token; a survey out of the listing."""
        if kind == SURVEY:
            return next((item for item in self.list(kind).objects if item.id == id), None)
        shown = self._transport.send(Request("GET", _path(id), absent_on=frozenset({404})))
        if shown.status == 404:
            self._prove()
            return None
        no_error_inside(shown.json)
        return answer(shown.json, self.connection.name)

    def create(self, kind: str, fields: Mapping[str, JSON]) -> Written:
        """Register an answer. The same one sent twice is two answers: there is no key to tell them apart."""
        if kind != ANSWER:
            raise self._refused("B2S cannot create a survey")
        made = self._write(Request("POST", "/api/answers", Purpose.ONCE, json=answer_body(fields)))
        with confirming(f"{self.connection.name}: POST /api/answers"):
            return Written(id_of(as_object(made, "the created answer"), "id", "the created answer"))

    def update(self, kind: str, id: str, fields: Mapping[str, JSON]) -> Written:
        """Set the status, or add closed loops; each of them is one more, whatever it says (b2s.txt L223)."""
        loops = fields.get("closedLoop")
        if (
            kind != ANSWER
            or not set(fields) <= {"status", "closedLoop"}
            or not (loops is None or isinstance(loops, list | tuple))
        ):
            raise self._refused("B2S can only set an answer's status and add closed loops to it")
        if len(fields) > 1 or len(loops or ()) > 1:
            raise self._refused("one request sets a status or adds one closed loop")
        if "status" in fields:
            # The documented answer is a 201 with an empty object; nothing at all is taken for it as well.
            body = {"status": fields["status"]}
            self._write(Request("PATCH", _path(id), Purpose.REPEATABLE, json=body, expect=Expect.ANY))
        for loop in loops or ():
            self._write(Request("POST", f"{_path(id)}/description", Purpose.ONCE, json=closed_loop_body(loop)))
        return Written(id)

    def delete(self, kind: str, id: str) -> Written:
        """Refused here: the API deletes nothing."""
        raise self._refused("B2S can delete neither surveys nor answers")

    def impact(self, kind: str, observed: Observed) -> Impact:
        """Nothing: there are no deletes."""
        return Impact()

    def evidence(self, kind: str, observed: Observed) -> Mapping[str, JSON]:
        """Nothing: there are no deletes."""
        return {}

    def answers(self, survey: str | None, start: date, end: date) -> tuple[Mapping[str, JSON], ...]:
        """Every answer of a survey (None: of all) from one day to another, of customers and of employees, as the vendor
        shows it. Whether the last day belongs to the period is not documented."""
        return self._answers.all(survey, Period(start.isoformat(), end.isoformat()))

    def check(self) -> Checkup:
        """The list of answers, which proves the token, and the inventory of surveys where it answers."""
        return seen({"answers": self._answers.known, "searches": self._inventory})

    def vitals(self) -> Vitals:
        """What the answers so far showed beside their bodies."""
        return self._transport.vitals()

    def figures(self, observed: Sequence[Observed], window: Window) -> Measured:
        """Answers and their score by survey, and of all."""
        return figures.measured(self.connection.name, observed, window, self.answers, self.connection.concurrency)

    def calls(self) -> Calls:
        """Requests answered so far."""
        return self._transport.calls()

    def close(self) -> None:
        """Let go of sockets."""
        self._transport.close()

    def _inventory(self) -> int:
        listed = self._transport.send(Request("GET", "/api/searches"))
        return len(surveys(listed.json, self.connection.name))

    def _write(self, request: Request) -> JSON:
        try:
            made = self._transport.send(request).json
        except ReconcilerError as error:
            if isinstance(error, Uncertain):
                raise
            if error.code == WRITE_NOT_FOUND:
                self._prove()
            if error.code == WRITE_FORBIDDEN:  # "Invalid token or unauthorized user" (b2s.txt L68)
                raise ReconcilerError(CREDENTIALS_FORBIDDEN, error.message) from None
            raise
        with confirming(f"{self.connection.name}: {request.method} {request.path}"):
            no_error_inside(made)
        self._proven = True
        return made

    def _refused(self, why: str) -> ReconcilerError:
        return ReconcilerError(WRITE_REFUSED, f"{self.connection.name}: {why}")

    def _prove(self) -> None:
        """Raise CREDENTIALS_REFUSED where the list of answers knows the token as little."""
        if not self._proven:
            self._answers.known()
            self._proven = True

    def _found(self, sought: Sought) -> tuple[Observed, ...]:
        """The answers of the days and surveys that are sought, and those whose ids are."""
        days: dict[str, list[date]] = defaultdict(list)
        for fields in sought.fields:
            day = _day(fields.get("created_at"))
            if day is not None:
                days[str(fields.get("search_id"))].append(day)
        asked = [(search, period) for search in sorted(days) for period in around(days[search])]
        lists = fan_out(lambda one: self._answers.all(*one), asked, self.connection.concurrency)
        found = [answer(item, self.connection.name) for items in lists for item in items]
        known = {item.id: item for item in found}
        missing = sorted(sought.ids - known.keys())
        passed = self._transport.telling(ANSWER, len(missing), noun="objects")
        read = fan_out(lambda id: self.read(ANSWER, id), missing, self.connection.concurrency, passed)
        return (*known.values(), *(item for item in read if item is not None))

    def _by_answers(self, sought: Sought) -> Listing:
        """The sought surveys as their answers name them, where there is no inventory.

        Raises UNREADABLE for a survey without an answer that names it: nothing shows whether it is there.
        """
        self._prove()
        name = self.connection.name
        found = [(id, survey_of(self._answers.newest(id, Period()), id, name)) for id in sorted(sought.ids)]
        silent = [id for id, survey in found if survey is None]
        if silent:
            message = (
                f"{name}: the survey inventory does not answer, and no answer names {', '.join(silent)}, so nothing "
                "shows whether it is there"
            )
            raise ReconcilerError(UNREADABLE, message)
        warning = f"{name}: the survey inventory does not answer; surveys are seen by their answers, and only by id"
        shown = tuple(survey for _, survey in found if survey is not None)
        return Listing(SURVEY, name, shown, (warning,), complete=False)


def _path(id: str) -> str:
    return f"/api/answers/{segment(id)}"


def _day(value: JSON) -> date | None:
    """The day of a created_at as it is sent; None for what is none."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d{2}-\d{2} ", value):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None
