"""A wheel, installed elsewhere: the schemas, the example and the demo come with it, and no checkout is needed."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.desk import ROOT, TOKENS

OFFLINE = (
    "Could not find a version",
    "No matching distribution",
    "ConnectionError",
    "Temporary failure",
    "Max retries",
)


def clean() -> dict[str, str]:
    """The environment without what would bring the checkout in."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}


def quietly(*command: str | Path, cwd: Path, timeout: float = 100) -> subprocess.CompletedProcess[str]:
    """Run a command and keep its words together."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean() | TOKENS,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=timeout,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built by hatchling: the installed one, or pip's from the index."""
    if find_spec("pip") is None:
        pytest.skip("this environment has no pip to build with")
    folder = tmp_path_factory.mktemp("wheel")
    isolation = ["--no-build-isolation"] if find_spec("hatchling") else []
    done = quietly(
        sys.executable, "-m", "pip", "wheel", "--no-deps", *isolation, "--wheel-dir", folder, ROOT, cwd=folder
    )
    if done.returncode and any(words in done.stdout for words in OFFLINE):
        pytest.skip("hatchling is not installed, and there is no index to fetch it from")
    assert done.returncode == 0, done.stdout
    [built] = folder.glob("reconciler-*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it, and this one's dependencies beside; the folder of its commands."""
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    done = quietly(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index"),
        *("--disable-pip-version-check", wheel),
        cwd=folder,
    )
    assert done.returncode == 0, done.stdout
    site = Path(
        quietly(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).stdout.strip()
    )
    # Paths added by a .pth are searched after the environment's own, and editable installs in them are not followed.
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    where = quietly(python, "-c", "import reconciler; print(reconciler.__file__)", cwd=folder).stdout
    assert where.startswith(str(site)), where
    return python.parent


def test_it_works_elsewhere(elsewhere: Path, tmp_path: Path) -> None:
    """The command, the schemas, the sandbox and the example come with the package, and nothing is left behind."""
    reconciler = elsewhere / "reconciler"
    done = quietly(reconciler, "version", cwd=tmp_path)
    assert (done.returncode, done.stdout.split()[0]) == (0, "reconciler")
    done = quietly(reconciler, "demo", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "No drift. The live objects are as they were last applied." in done.stdout
    assert list(tmp_path.iterdir()) == []
    done = quietly(reconciler, "init", "--yes", "--ci", "new", cwd=tmp_path)
    assert (done.returncode, (tmp_path / "new/.github/workflows/plan.yml").is_file()) == (0, True), done.stdout
    stores = copied_example(tmp_path) / "manifests" / "stores.yaml"
    done = quietly(reconciler, "validate", cwd=tmp_path)
    assert (done.returncode, "the configuration is valid." in done.stdout) == (0, True), done.stdout
    stores.write_text(stores.read_text("utf-8").replace("site_code:", "site_cod:", 1), "utf-8")
    done = quietly(reconciler, "validate", cwd=tmp_path)
    assert (done.returncode, 'did you mean "site_code"?' in done.stdout) == (3, True), done.stdout


def copied_example(folder: Path) -> Path:
    """The files of the example, copied into a folder."""
    for file in (ROOT / "examples" / "waffles").rglob("*.yaml"):
        copy = folder / file.relative_to(ROOT / "examples" / "waffles")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    return folder
