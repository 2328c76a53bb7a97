"""The key for personal data, out of the environment."""

from __future__ import annotations

import pytest

from reconciler.errors import DIGEST_KEY_UNFIT, ReconcilerError
from reconciler.model import Seal
from reconciler.project import seal_of

KEY = "0123456789abcdef"


@pytest.mark.parametrize(
    ("environ", "seal", "why"),
    [
        ({}, None, "not set"),
        ({"RECONCILER_DIGEST_KEY": " \n"}, None, "empty"),
        ({"RECONCILER_DIGEST_KEY": f"{KEY}\n"}, Seal(KEY.encode()), "a line break of a file is none of it"),
    ],
)
def test_the_key_comes_from_the_environment(environ: dict[str, str], seal: Seal | None, why: str) -> None:
    """What is there is the key; nothing there is no key, which is told only where one is needed."""
    assert seal_of(environ) == seal, why


def test_a_short_key_is_refused_and_never_shown() -> None:
    """What can be guessed protects nobody."""
    with pytest.raises(ReconcilerError) as caught:
        seal_of({"RECONCILER_DIGEST_KEY": "s3cret"})
    assert caught.value.code == DIGEST_KEY_UNFIT
    assert "s3cret" not in caught.value.message + caught.value.hint
