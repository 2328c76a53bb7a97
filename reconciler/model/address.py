"""The name of a resource in a project: ``provider/Type/name``."""

from __future__ import annotations

import re
from typing import NamedTuple

NAME_PATTERN = r"[a-z0-9]([a-z0-9.-]{0,126}[a-z0-9])?"
_ADDRESS = re.compile(rf"(?P<provider>[a-z0-9]+)/(?P<type>[A-Za-z]+)/(?P<name>{NAME_PATTERN})\Z")


class Address(NamedTuple):
    """One resource of a project, unique in it: provider, type and the manifest's ``metadata.name``."""

    provider: str
    type: str
    name: str

    @property
    def kind(self) -> str:
        """The resource type this address belongs to, as ``provider/Type``."""
        return f"{self.provider}/{self.type}"

    def __str__(self) -> str:
        return f"{self.provider}/{self.type}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``provider/Type/name``; raises ValueError where the text is not an address."""
        match = _ADDRESS.match(text)
        if match is None:
            raise ValueError(f"not an address: {text!r}")
        return cls(match["provider"], match["type"], match["name"])
