"""What a vendor's handler works on: the store, the options and the tokens in circulation."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime

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

    def now(self) -> datetime:
        """The present, by the `now` option or the machine's clock."""
        return present(self.options.now)

    def token_alive(self, token: str) -> bool:
        """Whether an issued access token exists and has not expired."""
        return self.access_tokens.get(token, 0) > time.monotonic()
