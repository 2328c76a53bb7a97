"""Bodies unpacked within bounds. The HTTP library would unpack a piece whole, and one packing inside another too: a few
kilobytes would become gigabytes before anybody could count them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

_GZIP = frozenset({"gzip", "x-gzip"})
_PLAIN = frozenset({"", "identity"})


class TooLarge(Exception):
    """The body is larger than the bound."""


class Unpackable(Exception):
    """The body is packed in a way that was not asked for, or is not what its packing says."""


def unpacked(pieces: Iterable[bytes], encoding: str, most: int) -> bytes:
    """The body of at most ``most`` bytes, out of pieces as they came; ``encoding`` is the Content-Encoding.

    Raises TooLarge, Unpackable, and what reading a piece raises.
    """
    name = encoding.strip().lower()
    if name not in _GZIP | _PLAIN:
        raise Unpackable
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS) if name in _GZIP else None
    body = bytearray()
    empty = True
    for piece in pieces:
        empty = empty and not piece
        body += piece if unpacker is None else _piece(unpacker, piece, most + 1 - len(body))
        if len(body) > most:
            raise TooLarge
    if unpacker is not None and not (unpacker.eof or empty):
        raise Unpackable
    return bytes(body)


def _piece(unpacker: zlib._Decompress, piece: bytes, most: int) -> bytes:
    if unpacker.eof:  # what is filled up behind the end means nothing
        return b""
    try:
        return unpacker.decompress(piece, most)
    except zlib.error:
        raise Unpackable from None
