"""Set up everything and run the tests: ``python3 tests/run.py``. What is added goes to pytest.

``--venv DIR`` uses another virtual environment than ``.venv``.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.environment import ROOT, clean_environment, main_of, ready, run, say


def run_all(arguments: list) -> int:
    """Make the environment ready, then run pytest; the exit code is pytest's."""
    folder = None
    if arguments[:1] == ["--venv"] and len(arguments) > 1:
        folder, arguments = Path(arguments[1]), arguments[2:]
    python = ready(tests=True, folder=folder)
    say("running the tests")
    return run([python, "-m", "pytest", "-n", "2", *arguments], cwd=str(ROOT), env=clean_environment())


if __name__ == "__main__":
    main_of(run_all)
