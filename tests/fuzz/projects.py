"""A project with several vendors, whose secrets are set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from reconciler.model import Connection
from reconciler.project.provider import providers

PROJECT = """\
apiVersion: reconciler/v1
kind: Project
metadata:
  name: acme
spec:
  manifests: [manifests]
  state: sqlite:///state.db
  connections:
    enco:
      provider: enco
      oauth: {clientId: {env: FUZZ_TOKEN}, clientSecret: {env: FUZZ_TOKEN}, tokenUrl: https://api.enco.io/token}
      baseUrl: https://api.enco.io/survey/1.0.0
    cs:
      provider: customersure
      company: Acme Ltd
      token: {env: FUZZ_TOKEN}
      timeout: 30
      settle: 20
    opt:
      provider: optimum
      token: {env: FUZZ_TOKEN}
      concurrency: 8
      requestsPerSecond: 5
      proxy: http://127.0.0.1:3128
    buenno:
      provider: buenno
      token: {env: FUZZ_TOKEN}
    b2s:
      provider: b2s
      token: {file: token.txt}
  environments:
    staging: {state: {env: FUZZ_STATE}, connections: {opt: {token: {file: token.txt}}}, values: {suffix: " (test)"}}
"""


def connections() -> Mapping[str, Connection]:
    """One connection to every provider there is."""
    return {name: Connection(name, name, provider.base_url) for name, provider in providers().items()}


def made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project in a folder."""
    monkeypatch.setenv("FUZZ_TOKEN", "a-token-of-nobody")
    monkeypatch.setenv("FUZZ_STATE", "sqlite:///staging.db")
    (folder / "manifests").mkdir()
    (folder / "token.txt").write_text("another-token\n")
    (folder / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    return folder
