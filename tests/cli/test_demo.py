"""`demo`: the whole story in a few seconds, and nothing left behind."""

from __future__ import annotations

import time

import pytest

from tests.cli.desk import Desk, plain

STEPS = (
    "$ reconciler plan",
    "# customersure/Site/antwerp will be created",
    "# optimum/Account/waffle-house will be updated in-place",
    "# optimum/Location/bruges will be adopted",
    "# enco/Survey/waffles is blocked",
    "Plan: 4 to add, 1 to change, 0 to destroy, 1 to adopt, 1 blocked.",
    "$ reconciler apply reviewed.plan",
    "Apply complete! Resources: 4 added, 1 changed, 0 destroyed, 1 adopted.",
    "$ reconciler plan",
    "No changes. Your live objects match the manifests.",
    "$ reconciler drift",
    "Drift: 1 changed, 0 gone, 3 unmanaged.",
    "$ reconciler apply --auto-approve",
    "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.",
    "$ reconciler drift",
    "No drift. The live objects are as they were last applied.",
)

USERS = {
    "RECONCILER_PROJECT": "/nowhere",
    "RECONCILER_ENV": "staging",
    "RECONCILER_FORMAT": "json",
    "RECONCILER_STATE": "sqlite:////nowhere/state.db",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
}
SETTINGS = [({}, "as it is"), ({"CI": "true"}, "on a CI runner"), (USERS, "beside its user's own settings and proxies")]


@pytest.mark.parametrize(("env", "reason"), SETTINGS, ids=[reason for _, reason in SETTINGS])
def test_the_story(desk: Desk, env: dict[str, str], reason: str) -> None:
    """Plan, apply, no changes, drift, repair, no drift, in this order; under 15 seconds, and nothing left behind."""
    place = desk.home / "empty"
    place.mkdir()
    begun = time.monotonic()
    done = desk.ok("demo", cwd=place, env=env)
    assert time.monotonic() - begun < 15
    position = 0
    for step in STEPS:
        position = done.out.index(step, position) + len(step)
    assert list(place.iterdir()) == []
    assert list((desk.home / "tmp").iterdir()) == []
    assert "\x1b[" not in done.out


def test_a_reader_that_leaves(desk: Desk) -> None:
    """`demo | head -1` ends well and leaves nothing behind."""
    done = desk.shell("set -o pipefail; reconciler demo 2>/dev/null | head -1")
    assert (done.code, done.err) == (0, "")


def test_at_a_terminal_it_has_colour(desk: Desk) -> None:
    """Good to look at: colour where it belongs, and the same story."""
    code, shown = desk.terminal("demo")
    assert code == 0
    assert "\x1b[32m" in shown
    assert "No drift. The live objects are as they were last applied." in plain(shown)
