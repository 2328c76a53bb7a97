"""Set up everything and watch the demo: ``python3 examples/demo.py``. Nothing is sent anywhere but this machine."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.environment import clean_environment, main_of, ready, run


def demonstrate(arguments: list) -> int:
    """Make the environment ready, then run ``reconciler demo``; the exit code is its own."""
    python = ready(tests=False)
    return run([python, "-m", "reconciler", "demo", *arguments], env=clean_environment())


if __name__ == "__main__":
    main_of(demonstrate)
