"""What the journal knows of the objects made last."""

from __future__ import annotations

from pathlib import Path

from reconciler.model import Action, Address, Intent, Phase
from reconciler.state import Holder, open_store

HERE = Holder("host-a", 41, "ann", "7")
LEEDS = Address("optimum", "Location", "leeds")


def intent(id: str, at: float, step: str = "create") -> Intent:
    """A write."""
    return Intent(id, "run", LEEDS, Action.CREATE, step, "optimum", None, {}, "sha256:1", "sha256:2", at)


def test_made_since(tmp_path: Path) -> None:
    """Only creates that are done, from the given moment on, with the connection, the kind and the id they made."""
    with open_store("sqlite:///s.db", "p", None, tmp_path).lock(HERE, "apply") as session:
        session.finish(intent("old", 10.0), Phase.DONE, object_id="a")
        session.finish(intent("new", 20.0), Phase.DONE, object_id="b")
        session.finish(intent("open", 20.0), Phase.UNKNOWN)
        session.finish(intent("refused", 20.0), Phase.FAILED, object_id="c")
        session.finish(intent("deleted", 20.0, "delete"), Phase.DONE, object_id="d")
        assert session.made_since(20.0) == {("optimum", "optimum/Location", "b"): 20.0}
        assert len(session.made_since(0.0)) == 2
