"""Values that nobody would write, and changes to what somebody wrote: shared by all sorts of input."""

from __future__ import annotations

from typing import Any

from tests.fuzz.tape import Tape

_TOKENS = r"""
x NO on 07 08 1:30 12:30:45 1_000 0x1F 0o7 1e3 1e999 .nan .inf -.inf ~ null true false Null TRUE yes
2001-01-01 +3247000000 -0 1.0 1.5 .5 5. -1 0 1 99999999999999999999 1e-400 NaN Infinity
a/b enco/Survey/a customersure/Site/a optimum/Location/leeds x//y ../../etc/passwd /dev/zero *.yaml
http://evil.example/ https://api.enco.io:0/ http://[::1 file:///etc/passwd https://a@api.enco.io
http://127.0.0.1:99999/ http://127.0.0.1:1/ https://api.enco.io/%zz https://api.customersure.com
postgresql://u:p@h/d sqlite:// sqlite:///x.db sqlite:////dev/null env file externalId name <<
- ? : , [ ] { } & * ! | > % @ ` # --- ... ' " \ &a *a !!int !env %YAML
${value.suffix} ${value.x} ${input.a} ${ $${ ${value.suffix}${x}
::set-env @everyone ``` [red] </script> ${x} {{x}} %s %00 =1+1
"""
# Text that YAML, a terminal, a CI log, a URL or a database may take for something else.
WORDS = [
    *_TOKENS.split(),
    *("", " ", "\t", "\n", "a\nb", " x ", "a: b", "a # b", "é", "e\u0301", "ǅ", "ß", "İ", "😀", "x" * 200, "1" * 41),
    *(
        "\u202e",
        "\u200b",
        "\ufeff",
        "\u2028",
        "\x85",
        "\x00",
        "\x1b[31m",
        "\r",
        "\x7f",
        "\u2066",
        "\ud800",
        "\U000e0001",
    ),
    *("9" * 400, "[" * 80, "{" * 80, "a" * 5000),
]
# What can be written down as UTF-8.
WRITABLE = [word for word in WORDS if "\ud800" not in word]
NUMBERS = [0, 1, -1, 3, 2**31, 2**63, 10**20, 10**400, 0.5, -0.0, 1e308, float("inf"), float("nan"), -(10**9)]
_BROKEN = (
    b"\x00 \xff \xfe \xff\xfe \xc0\x80 \xed\xa0\x80 \xf4\x90\x80\x80 \xef\xbb\xbf \xc2\x85 \xe2\x80\xa8"  # as UTF-8
)
BYTES = [
    *_BROKEN.split(),
    *(
        b"\t",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n---\n",
        b"\n...\n",
        b"  ",
        b": ",
        b"- ",
        b"\n- ",
        b"? ",
        b"#",
        b"\x1b",
        b"\x85",
    ),
    *(
        b"'",
        b'"',
        b"\\",
        b"[",
        b"]",
        b"{",
        b"}",
        b",",
        b"&a ",
        b"*a",
        b"!!str ",
        b"<<: *a\n",
        b"| ",
        b">-\n",
        b"0",
        b"~",
    ),
]


def value(tape: Tape, depth: int = 2) -> Any:
    """Any JSON value, most often a scalar."""
    sort = tape.below(10 if depth else 7)
    if sort < 3:
        return tape.pick(WORDS)
    if sort < 7:
        return (None, True, False, tape.pick(NUMBERS))[sort - 3]
    if sort < 9:
        return [value(tape, depth - 1) for _ in range(tape.below(4))]
    return {tape.pick(WORDS): value(tape, depth - 1) for _ in range(tape.below(4))}


def edited(tape: Tape, data: bytes, most: int = 4) -> bytes:
    """The data with a few edits made one after the other."""
    for _ in range(1 + tape.below(most)):
        at, count = tape.below(len(data) + 1), 1 + tape.below(12)
        before, old, after = data[:at], data[at : at + count], data[at + count :]
        match tape.below(6):
            case 0:
                data = before + after
            case 1:
                data = before + tape.bytes(3) + after
            case 2:
                data = before + tape.pick(BYTES) + old + after
            case 3:
                data = before + bytes(byte ^ (1 << count % 8) for byte in old[:1]) + old[1:] + after
            case 4:
                data = before + old + data[max(0, at - 60) :]
            case _:
                data = before
    return data


def paths(whole: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of all parts of a JSON value, the whole first."""
    found = [at]
    items = whole.items() if isinstance(whole, dict) else enumerate(whole) if isinstance(whole, list) else ()
    for key, part in items:
        found += paths(part, (*at, key))
    return found


def changed(tape: Tape, whole: Any, most: int = 3) -> Any:
    """A JSON value (a copy) with a few of its parts changed."""
    for _ in range(1 + tape.below(most)):
        whole = _at(tape, whole, tape.pick(paths(whole)))
    return whole


def _at(tape: Tape, whole: Any, path: tuple[Any, ...]) -> Any:
    if not path:
        return _other(tape, whole)
    step, *rest = path
    if not rest and tape.rarely(4):
        return _without(whole, step)
    copy = dict(whole) if isinstance(whole, dict) else list(whole)
    copy[step] = _at(tape, whole[step], tuple(rest))
    return copy


def _other(tape: Tape, old: Any) -> Any:
    match tape.below(12):
        case 0:
            return [old]
        case 1:
            return [*old, *old] if isinstance(old, list) else [old, old]
        case 2:
            return list(old.values()) if isinstance(old, dict) else {tape.pick(WORDS): old}
        case 3:
            return nested(tape.pick((60, 70, 300, 900)), old)
        case 4 | 5 if isinstance(old, dict):
            return {**old, tape.pick(WORDS): value(tape)}
        case 4 | 5 if isinstance(old, list):
            return [*old, value(tape)]
    return value(tape)


def _without(whole: Any, step: Any) -> Any:
    if isinstance(whole, dict):
        return {key: part for key, part in whole.items() if key != step}
    return [part for number, part in enumerate(whole) if number != step]


def nested(depth: int, inner: Any) -> Any:
    """A value in so many lists."""
    for _ in range(depth):
        inner = [inner]
    return inner
