"""B2S's survey inventory, from the sibling document: a list, and a survey's questions."""

from __future__ import annotations

from reconciler.sandbox.b2s_rules import find
from reconciler.sandbox.endpoints import Call
from reconciler.sandbox.exchange import Answer
from reconciler.sandbox.shapes import public


def list_searches(call: Call) -> Answer:
    """GET /api/searches: a bare array of {id, name, company_id}."""
    store = call.world.store
    found = store.collection("b2s", "searches").listed("name")
    store.touch("listed", "b2s", "searches", *(search["id"] for search in found))
    return Answer(200, [public(search) for search in found])


def read_search(call: Call) -> Answer:
    """GET /api/searches/:id: the questions, on pages where `has_page` is true; neither id nor name of the survey."""
    search = find(call.world, "searches", call.path[0], "Survey")
    pages = {"pages": search["_pages"]} if search["_pages"] else {"questions": search["_questions"]}
    texts = {"nps": search["_nps"], "discursive_question": search["_discursive_question"]}
    return Answer(200, {"has_page": bool(search["_pages"])} | texts | pages)
