"""The key for personal data at the command line: asked for where it is needed, never shown, never another one."""

from __future__ import annotations

from tests.cli.desk import Desk

KEY = "a key for personal data in tests"
REQUEST = """
apiVersion: customersure/v1
kind: FeedbackRequest
metadata: {name: ann}
spec: {email: ann@example.com, send_at: "2099-01-01T00:00:00Z", survey_id: "1484"}
"""


def test_personal_data_take_a_key(desk: Desk) -> None:
    """Without one nothing is planned; a short one is none; with one nothing personal is on disk or on screen."""
    desk.write("manifests/ann.yaml", REQUEST)
    missing = desk.run("plan")
    assert (missing.code, "RCN0220" in missing.err, "secrets.token_hex" in missing.err) == (3, True, True)
    short = desk.run("plan", env={"RECONCILER_DIGEST_KEY": "s3cret"})
    assert (short.code, "RCN0221" in short.err, "s3cret" in short.err) == (3, True, False)
    sent = desk.run("apply", "--yes", "--allow-send", env={"RECONCILER_DIGEST_KEY": KEY})
    assert sent.code == 0, sent.err
    for path in desk.folder.rglob("*"):
        content = path.read_bytes() if path.is_file() and path.parent.name != "manifests" else b""
        assert b"ann@example.com" not in content and KEY.encode() not in content, path
    assert "ann@example.com" not in sent.out + sent.err and KEY not in sent.out + sent.err
    shown = desk.run("plan", "--show-personal-data", "--json", env={"RECONCILER_DIGEST_KEY": KEY})
    assert "ann@example.com" in shown.out


def test_another_key_compares_nothing(desk: Desk) -> None:
    """What was sealed with one key is told from nothing by another: no plan, nothing sent, no key in the words."""
    desk.write("manifests/ann.yaml", REQUEST)
    assert desk.run("apply", "--yes", "--allow-send", env={"RECONCILER_DIGEST_KEY": KEY}).code == 0
    other = desk.run("apply", "--yes", "--allow-send", env={"RECONCILER_DIGEST_KEY": KEY.upper()})
    assert (other.code, "RCN0830" in other.err) == (3, True)
    assert KEY.upper() not in other.err
    listed = desk.run("state", "list")
    assert (listed.code, "FeedbackRequest" in listed.out) == (0, True), "the state can be looked at without a key"


def test_allow_send_never_comes_from_the_environment(desk: Desk) -> None:
    """A consent is given on the command line, for this run."""
    desk.write("manifests/ann.yaml", REQUEST)
    environment = {"RECONCILER_DIGEST_KEY": KEY, "RECONCILER_ALLOW_SEND": "1", "ALLOW_SEND": "1"}
    held = desk.run("apply", "--yes", env=environment)
    assert (held.code, "1 held" in held.out, "sent" in held.err) == (0, True, False)
