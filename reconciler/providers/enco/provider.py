"""Enco's endpoints. No read by id, no update, no delete of a question, nothing of a send: enco.txt has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.errors import WRITE_REFUSED, ReconcilerError, Uncertain
from reconciler.http import (
    Expect,
    Purpose,
    Request,
    Transport,
    as_list,
    as_object,
    confirming,
    id_of,
    no_error_inside,
    same_origin,
    segment,
)
from reconciler.model import JSON, Calls, Connection, Impact, Observed
from reconciler.model.checkup import Checkup, Vitals
from reconciler.model.figures import Measured, Window
from reconciler.providers.base import Listing, Sought, Written
from reconciler.providers.enco import figures, translation
from reconciler.providers.enco.translation import QUESTION, SEND, SURVEY

# Paging is not documented; a list of exactly so many may have been cut.
_ROUND = frozenset({10, 20, 50, 100})
# Both dates always: whether they are required is not documented. `date` precedes `to` in the example, so a date in the
# future is accepted.
_ALL_TIME = {"startDate": "1970-01-01T00:00:00.000+00:00", "endDate": "2100-01-01T00:00:00.000+00:00"}


class Enco:
    """One connection to Enco. A question is a kind of its own and also an item of its survey; a send is never shown."""

    kinds = frozenset({SURVEY, QUESTION, SEND})

    def __init__(self, connection: Connection, transport: Transport, token_endpoint: Transport | None = None) -> None:
        self.connection = connection
        self._transport, self._token_endpoint = transport, token_endpoint

    def seek(self, kind: str, sought: Sought) -> None:
        """Nothing to do: the list shows everything."""

    def list(self, kind: str) -> Listing:
        """All surveys in one request; questions come out of the surveys. No endpoint shows what was sent."""
        if kind == SEND:
            return Listing(kind, self.connection.name, (), complete=False)
        answer = self._transport.send(Request("GET", "/surveys"))
        name = self.connection.name
        no_error_inside(answer.json)
        surveys = tuple(translation.survey(item, name) for item in as_list(answer.json, f"{name}: the survey list"))
        surveys = tuple({survey.id: survey for survey in surveys}.values())
        warnings: tuple[str, ...] = ()
        if len(surveys) in _ROUND:
            warnings = (
                f"{name}: the survey list holds exactly {len(surveys)} surveys and the vendor does not document "
                "paging; there may be more",
            )
        return Listing(kind, name, translation.questions(surveys) if kind == QUESTION else surveys, warnings)

    def read(self, kind: str, id: str) -> Observed | None:
        """One object out of a complete listing."""
        return next((item for item in self.list(kind).objects if item.id == id), None)

    def create(self, kind: str, fields: Mapping[str, JSON]) -> Written:
        """A survey with its questions, one more question of a survey, or a survey sent to one person."""
        if kind == QUESTION:
            return self._ask(str(fields["survey"]), fields)
        if kind == SEND:
            return self._send(str(fields["survey"]), fields)
        answer = self._transport.send(Request("POST", "/surveys", Purpose.ONCE, json=translation.survey_body(fields)))
        with confirming(f"{self.connection.name}: POST /surveys"):
            no_error_inside(answer.json)
            id = id_of(as_object(answer.json, "the created survey"), "id", "the created survey")
        return Written(id, _readable(answer.json, self.connection.name))

    def update(self, kind: str, id: str, fields: Mapping[str, JSON]) -> Written:
        """Add the given questions, one request each; nothing else of a survey can be changed."""
        items = fields.get("questions")
        if kind != SURVEY or set(fields) != {"questions"} or not isinstance(items, (list, tuple)):
            raise ReconcilerError(WRITE_REFUSED, f"{self.connection.name}: Enco can only add questions to a survey")
        for done, item in enumerate(items):
            try:
                self._ask(id, item)
            except Uncertain:
                raise
            except ReconcilerError as error:
                if done == 0:
                    raise
                message = f"{error.message}; {done} of {len(items)} questions were added before it"
                raise Uncertain(error.code, message, hint=error.hint) from None
        return Written(id)

    def delete(self, kind: str, id: str) -> Written:
        """Delete a survey with all of its answers; any 2xx is taken, the document shows none."""
        if kind != SURVEY:
            raise ReconcilerError(WRITE_REFUSED, f"{self.connection.name}: Enco cannot delete a question")
        path = f"/surveys/{segment(id)}"
        answer = self._transport.send(
            Request("DELETE", path, Purpose.REPEATABLE, expect=Expect.ANY, absent_on=frozenset({404}))
        )
        if answer.status != 404:
            with confirming(f"{self.connection.name}: DELETE {path}"):
                no_error_inside(answer.json)
        return Written(id)

    def impact(self, kind: str, observed: Observed) -> Impact:
        """Responses and requests of all time, and the score, from the survey's report."""
        if kind != SURVEY:
            return Impact()
        try:
            return translation.report(self._report(observed.id))
        except ReconcilerError as error:
            return Impact(failed=error.message)

    def evidence(self, kind: str, observed: Observed) -> Mapping[str, JSON]:
        """The report of all time, the one thing of the answers that can be read; the questions are fields."""
        if kind != SURVEY:
            return {}
        report = self._report(observed.id)
        no_error_inside(report)
        return {"report": as_object(report, f"{self.connection.name}: the report of survey {observed.id}")}

    def check(self) -> Checkup:
        """The survey list, which proves the token, and who the token says it is of where its host tells."""
        surveys = self.list(SURVEY)
        sees = {"surveys": len(surveys.objects), "questions": len(translation.questions(surveys.objects))}
        return Checkup(sees, (*surveys.warnings, *self._user()))

    def vitals(self) -> Vitals:
        """What the answers so far showed beside their bodies."""
        return self._transport.vitals()

    def figures(self, observed: Sequence[Observed], window: Window) -> Measured:
        """A report of each survey, and the account's."""
        name, work = self.connection.name, self.connection.concurrency
        return figures.measured(name, observed, window, self._report, work)

    def calls(self) -> Calls:
        """Requests answered so far; those for a token are not among them."""
        return self._transport.calls()

    def close(self) -> None:
        """Let go of sockets."""
        self._transport.close()
        if self._token_endpoint is not None:
            self._token_endpoint.close()

    def _report(self, survey: str | None, period: Mapping[str, str] = _ALL_TIME) -> JSON:
        path = "/report" if survey is None else f"/surveys/{segment(survey)}/report"
        return self._transport.send(Request("GET", path, query=period)).json

    def _user(self) -> tuple[str, ...]:
        """What is to be noted of the token: beside the token endpoint a harmless call tells whether it is good. It is
        in no document of this API, so that its refusal says nothing against a token that lists surveys."""
        base = self.connection.oauth.token_url if self.connection.oauth else self.connection.base_url
        host = base.removesuffix("/token").removesuffix("/survey/1.0.0")
        if host == base or not same_origin(self.connection.base_url, host):
            return ()
        try:
            self._transport.send(Request("GET", f"{host}/userinfo", query={"schema": "openid"}))
        except ReconcilerError as error:
            return (f"userinfo: {error.message}",)
        return ()

    def _send(self, survey: str, fields: Mapping[str, JSON]) -> Written:
        """Billed, and never sent again on a doubt. What is answered is not documented: any 2xx is a yes."""
        path = f"/surveys/{segment(survey)}/send"
        body = translation.send_body(fields)
        answer = self._transport.send(Request("POST", path, Purpose.ONCE, json=body, expect=Expect.ANY))
        with confirming(f"{self.connection.name}: POST {path}"):
            no_error_inside(answer.json)
        return Written()

    def _ask(self, survey: str, fields: Mapping[str, JSON]) -> Written:
        body = translation.question_body(fields)
        path = f"/surveys/{segment(survey)}/question"
        answer = self._transport.send(Request("POST", path, Purpose.ONCE, json=body, expect=Expect.ANY))
        with confirming(f"{self.connection.name}: POST {path}"):
            no_error_inside(answer.json)
        return Written(translation.added_question_id(answer.json, body))


def _readable(answer: JSON, connection: str) -> Mapping[str, JSON]:
    """The fields a create's answer shows; none where it shows less than a listing would."""
    try:
        return translation.survey(answer, connection).fields
    except ReconcilerError:
        return {}
