"""The drift report as people read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model import Drift, Plan
from reconciler.report.drift_text import drift_text
from reconciler.report.style import Style
from tests.unit.report import samples as s

CASES = [
    ((), "No drift. The live objects are as they were last applied.", "nothing moved"),
    ((s.IGNORED,), "No drift. The live objects are as they were last applied apart from fields under", "ignored alone"),
    ((s.DRIFTED,), "Drift: 1 changed, 0 gone.", "changed"),
    ((s.GONE,), "Drift: 0 changed, 1 gone.", "gone"),
    ((s.SURPLUS, s.GONE), "Drift: 1 changed, 1 gone (the API cannot put back 1 of them).", "unrepairable"),
    ((s.DRIFTED, s.IGNORED), "Drift: 1 changed, 0 gone, 1 ignored.", "ignored beside it"),
]


@pytest.mark.parametrize(("drift", "sentence"), [pytest.param(d, t, id=why) for d, t, why in CASES])
def test_the_drift_line(drift: tuple[Drift, ...], sentence: str) -> None:
    """One sentence sums the report up."""
    assert sentence in drift_text(s.plan(s.STILL, drift=drift), s.REGISTRY)


def test_a_report_in_full() -> None:
    """Recorded on the left, observed on the right, then the sum and what to run."""
    assert drift_text(s.plan(s.STILL, drift=(s.SURPLUS, s.GONE), environment="live"), s.REGISTRY) == (
        "Live objects moved since the last apply (recorded -> observed):\n"
        "\n"
        "  # enco/Survey/waffles has changed\n"
        "  # (1 live item that nobody declared; the API cannot remove that)\n"
        "  # the API cannot put this back\n"
        '  ~ Survey "waffles" {\n'
        '        id        = "8"\n'
        "      ~ questions = [\n"
        '          + { language = "de", body = "Wie war es?" },\n'
        "            # (2 unchanged items hidden)\n"
        "        ]\n"
        "        # (2 unchanged fields hidden)\n"
        "    }\n"
        "\n"
        "  # optimum/Location/york is gone from the vendor\n"
        '  - Location "york" {\n'
        '        id   = "gse4Ry"\n'
        '      - name = "York" -> null\n'
        "    }\n"
        "\n"
        "Drift: 1 changed, 1 gone (the API cannot put back 1 of them).\n"
        "\n"
        'Run "reconciler plan --env live" to see what an apply would put back.\n'
        'Run "reconciler drift --env live --accept enco/Survey/waffles" to keep what is live: '
        "it is written into the manifest.\n"
    )


def test_what_can_be_accepted_is_said() -> None:
    """What is gone has no live value to keep; of several the address is for the reader to choose."""
    assert "--accept" not in drift_text(s.plan(s.STILL, drift=(s.GONE,)), s.REGISTRY)
    assert "reconciler drift --accept ADDRESS" in drift_text(s.plan(s.STILL, drift=(s.DRIFTED, s.SURPLUS)), s.REGISTRY)


def test_an_unreadable_vendor_is_never_no_drift() -> None:
    """What could not be read may have moved."""
    shown = drift_text(s.plan(s.STILL, troubles=(s.TROUBLE,)), s.REGISTRY)
    assert "No drift" not in shown and "error[RCN0501]" in shown
    assert shown.endswith("Drift: 0 changed, 0 gone.\n")


def test_the_order_does_not_matter() -> None:
    """The same drift gives the same text, and colour adds colour alone."""
    plan: Plan = s.EVERYTHING
    assert drift_text(replace(plan, drift=plan.drift[::-1]), s.REGISTRY) == drift_text(plan, s.REGISTRY)
    assert "\x1b[" in drift_text(plan, s.REGISTRY, Style(on=True))
