"""A virtual environment for this checkout, made when it is missing: all the set-up that the tests and the demo need.

Standard library only, and written so that an old Python can read it and say that it is too old.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
STAMP = "reconciler-set-up.json"

if False:  # names for the annotations alone; an old Python's typing may lack them
    from typing import NoReturn


class Impossible(Exception):
    """The set-up cannot be made; the text says what to do."""


def say(text: str) -> None:
    """One line of progress on stderr."""
    sys.stderr.write("==> " + text + "\n")
    sys.stderr.flush()


def ready(*, tests: bool, folder: Path | None = None) -> Path:
    """The Python of an environment with reconciler in it, and with the test tools where ``tests`` says so.

    Quick when everything is there already. An environment of another Python is made anew if it was made here, and
    used as it is if it was not. Raises Impossible.
    """
    place = (folder or ROOT / ".venv").absolute()
    python, stamp = _python_of(place), _stamp(place)
    version, ours = _version(python), bool(stamp.get("made"))
    mine = _spelled(sys.version_info[:2])
    if version is None or (ours and version != mine):
        _create(place)
        version, ours, stamp = mine, True, {}
    elif version != mine:
        say(f"using {place} as it is, with Python {version}")
    wanted = {"made": ours, "python": version, **_wanted(tests)}
    if stamp in (wanted, {**wanted, "tests": True}):
        return python
    say("installing reconciler{} into {}; this is needed once".format(" and its test tools" if tests else "", place))
    (place / STAMP).write_text(json.dumps({"made": ours}), encoding="utf-8")
    _install(python, ".[dev]" if tests else ".")
    (place / STAMP).write_text(json.dumps(wanted, indent=1) + "\n", encoding="utf-8")
    return python


def run(command: list, **more: object) -> int:
    """Run a command to its end and return its exit code; an interrupt is the command's to handle, then ours."""
    process = subprocess.Popen([str(part) for part in command], **more)  # type: ignore[call-overload]
    while True:
        try:
            return int(process.wait())
        except KeyboardInterrupt:
            continue  # the command has it too, ends in its own way, and its exit code says so


def main_of(work: object) -> NoReturn:
    """Run a script's work, which returns an exit code; explain what cannot be set up."""
    _with_new_python()
    try:
        sys.exit(work(sys.argv[1:]))  # type: ignore[operator]
    except Impossible as error:
        sys.stderr.write("error: " + str(error) + "\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _with_new_python() -> None:
    """Go on with a newer Python where this one is too old; without any, say so."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER:
        found = shutil.which(name)
        if found and _version(Path(found)):
            say(f"this is Python {sys.version_info[0]}.{sys.version_info[1]}; going on with {found}")
            os.execv(found, [found, *sys.argv])
    sys.exit(
        "error: reconciler needs Python {}.{} or newer, and this is {}.\n"
        "Install a newer one (python.org, your package manager, or pyenv) and run this again with it.".format(
            *OLDEST, sys.version.split()[0]
        )
    )


def _python_of(place: Path) -> Path:
    return place / "Scripts" / "python.exe" if os.name == "nt" else place / "bin" / "python"


def _wanted(tests: bool) -> dict:
    """What has to be installed, so that a change of it is seen."""
    project = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return {"project": project, "checkout": str(ROOT), "tests": tests}


def _stamp(place: Path) -> dict:
    """What was installed there by an earlier run; nothing where none was finished."""
    try:
        stamp = json.loads((place / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _version(python: Path) -> str | None:
    """The version of an environment's Python; None where it does not run or is too old."""
    code = "import sys; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([str(python), "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except OSError:
        return None
    numbers = tuple(int(part) for part in done.stdout.split()) if done.returncode == 0 else ()
    return _spelled(numbers) if numbers >= OLDEST else None


def _spelled(version: tuple) -> str:
    return ".".join(str(number) for number in version)


def _create(place: Path) -> None:
    """Make the environment with what this machine has: venv, virtualenv, or venv without pip of its own."""
    if place.exists() and any(place.iterdir()) and not (place / "pyvenv.cfg").is_file():
        raise Impossible(f"{place} is there and is no virtual environment; give another folder with --venv DIR")
    say(f"making a virtual environment in {place}")
    attempts = (
        [sys.executable, "-m", "venv", "--clear", str(place)],
        [sys.executable, "-m", "virtualenv", "--quiet", "--clear", str(place)],
        [sys.executable, "-m", "venv", "--clear", "--without-pip", str(place)],
    )
    told = ""
    for command in attempts:
        done = _quietly(command)
        if done.returncode == 0 and _version(_python_of(place)):
            return
        told = told or done.stdout
    raise Impossible(
        f"no virtual environment could be made with {sys.executable}:\n{told.strip()}\n"
        "On Debian and Ubuntu: sudo apt install python3-venv. "
        f"Elsewhere: {sys.executable} -m pip install --user virtualenv"
    )


def _install(python: Path, what: str) -> None:
    """Install the checkout with the environment's pip, else with this Python's, else with uv."""
    installers = [[str(python), "-m", "pip"], [sys.executable, "-m", "pip", "--python", str(python)]]
    for installer in installers:
        if _quietly([*installer, "--version"]).returncode == 0:
            command = [*installer, "install", "--quiet", "--no-input", "--disable-pip-version-check", "-e", what]
            break
    else:
        uv = shutil.which("uv")
        if uv is None:
            raise Impossible("there is no pip. On Debian and Ubuntu: sudo apt install python3-venv python3-pip")
        command = [uv, "pip", "install", "--quiet", "--python", str(python), "-e", what]
    if run(command, cwd=str(ROOT), env=clean_environment(), stdin=subprocess.DEVNULL) != 0:
        raise Impossible("the installation failed; what pip said is above. It needs the network the first time.")


def _quietly(command: list) -> subprocess.CompletedProcess:
    return subprocess.run(
        command,
        cwd=str(ROOT),
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def clean_environment() -> dict:
    """The environment variables without those that would bring other people's modules in."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
