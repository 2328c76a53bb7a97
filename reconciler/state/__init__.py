"""The state: what was applied, what is still open, who writes, and the history; behind one store contract."""

from reconciler.model import LedgerLine
from reconciler.state.binding import check_origins
from reconciler.state.contents import Contents, Run
from reconciler.state.contract import Holding, Session, StateStore
from reconciler.state.holder import Holder
from reconciler.state.location import open_store

__all__ = ["Contents", "Holder", "Holding", "LedgerLine", "Run", "Session", "StateStore", "check_origins", "open_store"]
