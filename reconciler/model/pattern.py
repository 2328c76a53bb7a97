"""What the patterns of the schemas ask for, in words; each goes on from ``must``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from reconciler.model.address import NAME_PATTERN

_HEX: Final = "[0-9a-fA-F]"
_DAY: Final = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"

PATTERN_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        r"\S": "not be blank",
        f"^{NAME_PATTERN}$": (
            'be a name: lower-case letters, digits, "-" and ".", at most 128, a letter or digit first and last'
        ),
        f"^[a-z0-9]+/[A-Za-z]+/{NAME_PATTERN}$": "be an address: provider/Kind/name",
        "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$": (
            "be letters, digits, _, . and -, a letter or digit first, at most 64 characters"
        ),
        "^[A-Za-z_][A-Za-z0-9_]{0,127}$": "be the name of an environment variable",
        "^[A-Za-z_][A-Za-z0-9_]*$": "be the name of an environment variable",
        "^[A-Za-z0-9][A-Za-z0-9_.-]*$": "be letters, digits, _, . and -, a letter or digit first",
        r"\.([Cc][Ss][Vv]|[Tt][Ss][Vv]|[Tt][Xx][Tt])$": "end in .csv, .tsv or .txt",
        "^[!-~]([ -~]{0,198}[!-~])?$": "be printable ASCII, at most 200 characters, no space at its ends",
        "^[A-Za-z]{2}$": "be two letters",
        "^[a-z]{2}$": "be two lower-case letters",
        "^[0-9]{1,15}$": "be digits, at most 15",
        "^[^,]*[^,\\s][^,]*$": "not be blank, and have no comma",
        "^(?!site_code$)": "not be site_code",
        "^[^@\\s]+@[^@\\s]+$": "be an e-mail address",
        "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$": "be an e-mail address with a domain like example.com",
        "^00[1-9][0-9]{5,14}$": "be a phone number in digits, 00 and the country's code first",
        "^\\+[0-9]{4,18}$": "be a phone number in digits, + and the country's code first",
        "^\\+[1-9][0-9]{6,14}$": "be a phone number in digits, + and the country's code first, 7 to 15 digits",
        f"^{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}$": (
            "be a UUID: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12"
        ),
        f"^{_DAY} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$": "be a time like 2026-01-31 12:00:00",
        (
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$"
        ): "be a time like 2026-01-31T12:00:00Z",
    }
)
