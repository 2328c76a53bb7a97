"""The state: what was applied, what is still open, who writes, and the history; behind one store contract."""

from reconciler.state.binding import check_origins
from reconciler.state.contract import Holding, Run, Session, StateStore
from reconciler.state.holder import Holder
from reconciler.state.location import open_store

__all__ = ["Holder", "Holding", "Run", "Session", "StateStore", "check_origins", "open_store"]
