"""What a vendor's handler works on: the store, the options and the tokens in circulation."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reconciler.sandbox.clock import present
from reconciler.sandbox.options import Options
from reconciler.sandbox.store import Store


@dataclass(slots=True)
class World:
    """One sandbox's memory and switches."""

    store: Store
    options: Options = field(default_factory=Options)
    access_tokens: dict[str, float] = field(default_factory=dict)
    """Issued Enco tokens with the monotonic time at which they expire."""
    destinations: dict[str, float] = field(default_factory=dict)
    """Enco destinations with the monotonic time of their last survey."""
    account: str | None = None
    """Whose Optimum token the request has: None for the main one, else a client's, whose objects are its own."""

    def now(self) -> datetime:
        """The present, by the `now` option or the machine's clock."""
        return present(self.options.now)

    def owns(self, item: Mapping[str, Any]) -> bool:
        """Whether an Optimum object is the account's of this request: the token decides, no field shows it."""
        return item.get("_account") == self.account

    def mark(self) -> dict[str, str]:
        """What an Optimum object made by this request remembers of whose it is; never shown."""
        return {} if self.account is None else {"_account": self.account}

    def token_alive(self, token: str) -> bool:
        """Whether an issued access token exists and has not expired."""
        return self.access_tokens.get(token, 0) > time.monotonic()
