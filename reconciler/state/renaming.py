"""A record that goes by another address or connection, and what else has to follow it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reconciler.model import Address, Intent, Recorded


@dataclass(frozen=True, slots=True)
class Renaming:
    """From ``old`` to ``new``, and with ``connection`` to that connection."""

    old: Address
    new: Address
    connection: str | None = None

    def record(self, record: Recorded) -> Recorded:
        """The record under its new name, or with its dependencies under theirs."""
        depends_on = tuple(self.new if address == self.old else address for address in record.depends_on)
        if record.address != self.old:
            return replace(record, depends_on=depends_on) if depends_on != record.depends_on else record
        connection = self.connection or record.connection
        return replace(record, address=self.new, connection=connection, depends_on=depends_on)

    def intent(self, intent: Intent) -> Intent:
        """The open write with its address, connection and the record it leaves behind; itself where nothing changes."""
        after = self.record(intent.after) if intent.after is not None else None
        if intent.address != self.old:
            return replace(intent, after=after) if after != intent.after else intent
        return replace(intent, address=self.new, connection=self.connection or intent.connection, after=after)
