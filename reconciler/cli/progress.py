"""Progress of an apply: a line an operation on stderr, or one JSON event a line on stdout; little of it in CI."""

from __future__ import annotations

from reconciler.cli.terminal import Terminal
from reconciler.report.progress import Event, event_document, progress_line


class Progress:
    """Tells what happens while an apply runs."""

    def __init__(self, terminal: Terminal, *, as_json: bool) -> None:
        self.terminal, self.as_json = terminal, as_json

    def tell(self, event: Event) -> None:
        """One event. In CI only what went wrong is said; where nobody watches, beginnings are left out."""
        if self.as_json:
            from reconciler.report.document import line

            self.terminal.show(line(event_document(event)))
            return
        kind = str(event.kind)
        if kind == "started" or event.step == "record":
            return
        if self.terminal.quiet and kind == "done":
            return
        self.terminal.say(progress_line(event, self.terminal.err_style))
