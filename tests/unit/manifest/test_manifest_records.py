"""What the documents of Buenno and B2S say of invitations and answers, held against manifests."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler import errors
from reconciler.model import Address, Connection, Reference
from tests.unit.manifest.workspace import load, problems, workspace

CONNECTIONS = {
    "buenno": Connection("buenno", "buenno", "https://webreport.buenno.fi/api/v01"),
    "b2s": Connection("b2s", "b2s", "https://api-b2s.experienciab2s.com"),
}
OPTIMUM = {"opt": Connection("opt", "optimum", "https://optimumfeedback.com/api/v1")}
UUID = "102a525c-0ce3-4182-a504-aad595425233"
FORM = "apiVersion: buenno/v1\nkind: Form\nmetadata: {name: house}\nspec: {name: Waffle House}\n---\n"


def manifest(api_version: str, kind: str, spec: str, metadata: str = "") -> str:
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a{metadata}}}\nspec: {{{spec}}}\n"


def invitation(spec: str, form: str = "form: house") -> str:
    return FORM + manifest("buenno/v1", "Invitation", ", ".join(part for part in (form, spec) if part))


def answer(**changed: str) -> str:
    fields = {
        "search_id": UUID,
        "nps": "9",
        "created_at": '"2024-04-15 14:30:00"',
        "response_channel": "Chatbot",
        **changed,
    }
    return manifest("b2s/v1", "Answer", ", ".join(f"{name}: {value}" for name, value in fields.items() if value))


LOOP = '{message: done, user_email: "a@example.com", user_name: Ann}'
FIT = [
    (invitation('phone: "00358441234567"'), "buenno.txt L84: with 00 where others write a plus"),
    (invitation("email: ann@example.com"), "an e-mail address in place of it"),
    (invitation('phone: "00358441234567"', "form: {externalId: '1'}"), "a form that is not managed here"),
    (invitation('phone: "00358441234567", pf_timestamp: 1608249600, pf_age: 42'), "whole numbers"),
    (invitation("email: a@b.fi, preferred_language: fi, pf_seller_id: '007'"), "what is written alone"),
    (answer(), "b2s.txt L24-L30: what is required"),
    (answer(nps="0"), "the lowest score"),
    (answer(nps="10"), "the highest score"),
    (answer(nps="7.5"), "a number, not a whole one"),
    (answer(questions=f"[{{id: {UUID}, name: '10', suggestion: x}}]"), "an answer in words"),
    (answer(questions=f"[{{id: {UUID}, name: [{{option: Service}}]}}]"), "an answer by options"),
    (answer(status="in-progress", closedLoop=f"[{LOOP}]"), "what is sent later"),
    (manifest("b2s/v1", "Survey", f"name: Dine-in, company_id: {UUID}", f", externalId: {UUID}"), "a survey by its id"),
    (FORM, "a form by its name"),
]


@pytest.mark.parametrize(("text", "reason"), FIT, ids=[reason for _, reason in FIT])
def test_what_the_documents_allow_is_taken(tmp_path: Path, text: str, reason: str) -> None:
    """Nothing more is asked for than what the vendor asks for."""
    project = workspace(tmp_path, {"manifests/a.yaml": text}, connections=CONNECTIONS)
    assert problems(project) == (), reason


UNFIT = [
    (invitation(""), "phone or email is mandatory"),
    (invitation('phone: "00358441234567", email: ann@example.com'), "L43: either of them"),
    (invitation('phone: "+358441234567"'), "a plus"),
    (invitation('phone: "0441234567"'), "no country code"),
    (invitation("phone: 358441234567"), "a number where text is due"),
    (invitation("email: nobody"), "no address"),
    (invitation("email: ann@example.com", ""), "trap 102: no form, so that the first active one would be taken"),
    (invitation('email: ann@example.com, pf_timestamp: "2020-12-18"'), "a time that is no number of seconds"),
    (invitation("email: ann@example.com, pf_timestamp: -1"), "a time before 1970"),
    (invitation("email: ann@example.com, pf_age: 4.5"), "half a year"),
    (invitation("email: ann@example.com, preferred_language: fin"), "no ISO 639-1 code"),
    (invitation("email: ann@example.com, preferred_language: FI"), "a code in capitals"),
    (invitation("email: ann@example.com, pf_shop: x"), "no such field"),
    (manifest("buenno/v1", "Form", "company_name: x"), "a form without a name"),
    (answer(nps="11"), "above 10"),
    (answer(nps="-1"), "below 0"),
    (answer(nps='"9"'), "text where a number is due"),
    (answer(search_id="102a525c"), "no UUID"),
    (answer(created_at='"2024-04-15T14:30:00Z"'), "another format"),
    (answer(created_at='"2024-04-15"'), "no time"),
    (answer(created_at='"2024-13-15 14:30:00"'), "a thirteenth month"),
    (answer(created_at='"2024-04-15 24:30:00"'), "a twenty-fifth hour"),
    (answer(response_channel="chatbot"), "a channel in other letters"),
    (answer(response_channel=""), "no channel"),
    (answer(questions="[{name: '10'}]"), "a question without its id"),
    (answer(questions=f"[{{id: {UUID}}}]"), "a question without an answer"),
    (answer(questions=f"[{{id: {UUID}, name: []}}]"), "no option"),
    (answer(status="open"), "no such status"),
    (answer(closedLoop="[{message: done}]"), "nobody's closed loop"),
    (answer(closedLoop=LOOP), "one closed loop that is no list"),
    (manifest("b2s/v1", "Survey", "name: x, company_id: 7"), "a company that is no UUID"),
]


@pytest.mark.parametrize(("text", "reason"), UNFIT, ids=[reason for _, reason in UNFIT])
def test_what_the_vendor_would_refuse_is_told_in_its_place(tmp_path: Path, text: str, reason: str) -> None:
    """With file and line, and before anything is sent."""
    found = problems(workspace(tmp_path, {"manifests/a.yaml": text}, connections=CONNECTIONS))
    assert found, reason
    assert all(error.source is not None and error.source.file == "manifests/a.yaml" for error in found)
    assert {error.code for error in found} <= {
        errors.UNFIT_VALUE,
        errors.WRONG_TYPE,
        errors.MISSING_FIELD,
        errors.UNKNOWN_FIELD,
        errors.TEXT_DUE,
        errors.NOT_A_CHOICE,
    }


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (invitation(""), errors.MISSING_FIELD, 'missing field "phone" or "email"'),
        (
            invitation('phone: "00358441234567", email: ann@example.com'),
            errors.UNFIT_VALUE,
            '"phone" and "email" exclude each other',
        ),
        (
            manifest("optimum/v1", "Subscriber", "country_code: GB, locations: [leeds]"),
            errors.MISSING_FIELD,
            'missing field "email" or "mobile_number"',
        ),
    ],
)
def test_one_of_two_contacts_is_due(tmp_path: Path, text: str, code: str, message: str) -> None:
    """Both ways out are named, and the person is not."""
    found = problems(workspace(tmp_path, {"manifests/a.yaml": text}, connections=CONNECTIONS | OPTIMUM))
    assert [error.message for error in found if error.code == code] == [message]
    assert "ann@example.com" not in "".join(error.message + error.snippet for error in found)


def test_a_form_is_what_an_invitation_waits_for(tmp_path: Path) -> None:
    """The reference makes the dependency."""
    project = workspace(tmp_path, {"manifests/a.yaml": invitation("email: a@b.fi")}, connections=CONNECTIONS)
    house = Address("buenno", "Form", "house")
    (found,) = [one for one in load(project).desired if one.address.type == "Invitation"]
    assert (found.spec["form"], found.depends_on) == (Reference(house), (house,))
