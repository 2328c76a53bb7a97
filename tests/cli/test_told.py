"""Progress at real streams: a terminal, a pipe, CI."""

from __future__ import annotations

import re

from tests.cli.desk import Desk, location, plain

LIMITED = {"status": 429, "headers": {"Retry-After": "2"}}


def test_a_terminal_has_one_line_that_is_drawn_over(desk: Desk) -> None:
    """What a vendor makes us wait for is explained above it, and it is gone at the end."""
    desk.manifest("---\n".join(location(f"s{number}") for number in range(12)))
    desk.fault(LIMITED, vendor="optimum", times=1, method="POST")
    code, shown = desk.terminal("apply", "--auto-approve", "--parallelism", "1")
    assert code == 0
    text = plain(shown)
    assert re.search(r"optimum asks to wait 2 s \(429, Retry-After\); going on at \d\d:\d\d:\d\d\r\n", text)
    assert "\r\x1b[Koptimum " in text
    assert re.search(r"\x1b\[KIn \d\.\ds: optimum 12 of 12\.\r\n", text)
    assert "\x1b[K" not in text.partition("Apply complete!")[2]


def test_a_pipe_gets_plain_lines(desk: Desk) -> None:
    """Nothing is drawn over; in CI nothing is told of what goes well."""
    desk.manifest("---\n".join(location(f"s{number}") for number in range(3)))
    told = desk.ok("apply", "--auto-approve", "--parallelism", "1").err
    assert "\r" not in told and "\x1b" not in told
    assert [line.partition(" created in")[0] for line in told.splitlines() if line.startswith("[")] == [
        f"[{number + 1}/3] optimum/Location/s{number}" for number in range(3)
    ]
    assert told.splitlines()[3].endswith(": optimum 3 of 3.")
    desk.manifest(location("s9"), "more.yaml")
    assert desk.ok("apply", "--auto-approve", env={"CI": "1"}).err == ""
