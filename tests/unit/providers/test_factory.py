"""The table of vendors."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reconciler.errors import CREDENTIALS_MISSING, NO_SUCH_PROVIDER, ReconcilerError
from reconciler.model import Connection, Secret
from reconciler.providers import PROVIDERS, connect
from reconciler.schema import load


def connection(provider: str) -> Connection:
    return Connection(name="main", provider=provider, base_url="https://vendor.example", company="Acme Ltd")


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_every_provider_connects_and_serves_the_kinds_of_its_schemas(provider: str) -> None:
    """What the schemas describe is what the provider serves; connecting sends nothing."""
    made = connect(connection(provider), Secret("t"), None)
    assert made.kinds == {kind for kind, type_ in load().types.items() if type_.provider == provider}
    assert (made.connection.name, made.calls().read, made.calls().write) == ("main", 0, 0)
    made.close()


def test_an_unknown_provider_is_named_with_the_known_ones() -> None:
    """A mistake of the project file."""
    with pytest.raises(ReconcilerError) as caught:
        connect(connection("acme"), Secret("t"), None)
    assert (caught.value.code, caught.value.exit_code) == (NO_SUCH_PROVIDER, 3)
    assert "customersure, enco, optimum" in caught.value.message


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_no_token_is_said_before_anything_is_sent(provider: str) -> None:
    """No request goes out without credentials."""
    with pytest.raises(ReconcilerError) as caught:
        connect(connection(provider), None, None)
    assert caught.value.code == CREDENTIALS_MISSING


def test_a_vendor_is_loaded_only_where_it_is_asked_for() -> None:
    """Three vendors cost nothing to whom has one."""
    code = "import sys, reconciler.providers; print([n for n in sys.modules if n.startswith('reconciler.providers.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['reconciler.providers.base']"
