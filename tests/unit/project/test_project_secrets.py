"""Secrets fetched from variables and files."""

import os
from pathlib import Path

import pytest

from reconciler import errors
from reconciler.errors import ReconcilerError
from reconciler.model import SecretReference
from reconciler.project import secret

TOKEN = SecretReference(env="TOKEN")


def test_a_variable_is_read_as_it_is(tmp_path: Path) -> None:
    """Nothing is stripped from a variable, and the secret shows itself to nobody."""
    found = secret(TOKEN, tmp_path, {"TOKEN": " s3cret "})
    assert found.reveal() == " s3cret "
    assert "s3cret" not in f"{found} {found!r}"


@pytest.mark.parametrize(("written", "value"), [("s3\n", "s3"), ("s3\r\n", "s3"), ("s3", "s3"), ("s3 \n", "s3 ")])
def test_a_file_loses_its_last_line_break(tmp_path: Path, written: str, value: str) -> None:
    """Editors add one; a path is relative to the project's folder, and absolute ones stay."""
    (tmp_path / "token").write_bytes(written.encode())
    assert secret(SecretReference(file="token"), tmp_path, {}).reveal() == value
    assert secret(SecretReference(file=str(tmp_path / "token")), Path("/nowhere"), {}).reveal() == value


UNFIT_VARIABLES = [
    ({}, errors.SECRET_MISSING, "not set"),
    ({"TOKEN": ""}, errors.SECRET_MISSING, "empty"),
    ({"TOKEN": " \t"}, errors.SECRET_MISSING, "blank"),
    ({"TOKEN": "s3cret\nX-Evil: 1"}, errors.SECRET_UNFIT, "a line break would begin another header"),
    ({"TOKEN": "s3cret\x00"}, errors.SECRET_UNFIT, "NUL"),
    ({"TOKEN": "s3cret\udce9"}, errors.SECRET_UNFIT, "bytes that are no text"),
]


@pytest.mark.parametrize(("environ", "code", "reason"), UNFIT_VARIABLES, ids=[case[2] for case in UNFIT_VARIABLES])
def test_unfit_variables(tmp_path: Path, environ: dict[str, str], code: str, reason: str) -> None:
    """The message names the variable and not its value; the exit code is that of a wrong set-up."""
    with pytest.raises(ReconcilerError) as caught:
        secret(TOKEN, tmp_path, environ)
    assert (caught.value.code, caught.value.exit_code) == (code, 3), reason
    assert "TOKEN" in caught.value.message
    assert "s3cret" not in caught.value.message + caught.value.hint


def test_unfit_files(tmp_path: Path) -> None:
    """Missing, empty, too large, a pipe, a folder, bytes that are no text: each an error that shows nothing."""
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "large").write_text("s3cret" * 20_000)
    (tmp_path / "binary").write_bytes(b"s3cret\xff")
    (tmp_path / "lines").write_text("s3cret\nmore\n")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    cases = [
        ("missing", errors.SECRET_MISSING),
        ("empty", errors.SECRET_MISSING),
        ("large", errors.SECRET_UNFIT),
        ("binary", errors.SECRET_UNFIT),
        ("lines", errors.SECRET_UNFIT),
        ("pipe", errors.SECRET_UNFIT),
        ("folder", errors.SECRET_UNFIT),
    ]
    for name, code in cases:
        with pytest.raises(ReconcilerError) as caught:
            secret(SecretReference(file=name), tmp_path, {})
        assert caught.value.code == code, name
        assert name in caught.value.message
        assert "s3cret" not in caught.value.message + caught.value.hint
