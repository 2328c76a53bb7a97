"""``reconciler sandbox``."""

from __future__ import annotations

import click

from reconciler.cli.command import Setting, command


@command("sandbox", short_help="run the vendors' APIs on this machine")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes a free one.")
@click.option("--seed", metavar="FILE", help='A JSON file with live objects, or "empty"; default: a waffle company.')
@click.option("--store", "store_file", metavar="FILE", help="Keep the live objects in FILE between runs.")
@click.option("--latency", type=click.FloatRange(0), default=0, metavar="MS", help="Milliseconds every request takes.")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="Switch what a document leaves open.")
@click.option("--faults", metavar="FILE", help="A JSON list of faults to begin with.")
@click.option("--describe", metavar="VENDOR", help="Print the vendor's stand-in as OpenAPI 3.1, and serve nothing.")
@click.pass_obj
def sandbox(
    setting: Setting,
    /,
    describe: str | None,
    port: int,
    seed: str | None,
    store_file: str | None,
    latency: float,
    options: tuple[str, ...],
    faults: str | None,
    **_: object,
) -> int:
    """Run the five vendors as their documents describe them, on loopback, until interrupted.

    Live objects, faults and options can be changed while it runs: see GET /_sandbox/ on the same port.
    """
    import json
    from pathlib import Path

    from reconciler.errors import USAGE, ReconcilerError
    from reconciler.model.redaction import scrubbed
    from reconciler.sandbox.server import serve_forever

    serving = False

    def announce(running: object) -> None:
        nonlocal serving
        serving = True
        setting.terminal.show(_announcement(running))

    start = setting.chosen.start
    switched = {name: _value(text) for name, _, text in (item.partition("=") for item in options)}
    try:
        if describe is not None:
            setting.terminal.show(_description(describe, switched))
            return 0
        rules = json.loads(Path(start, faults).read_text("utf-8")) if faults else None
        serve_forever(
            port=port,
            seed=seed if seed in (None, "empty") else start / str(seed),
            latency=latency,
            options=switched,
            store_file=start / store_file if store_file else None,
            faults=rules,
            on_ready=announce,
        )
    except (OSError, ValueError) as error:
        if serving:  # it did start: this is no fault of an option
            raise
        raise ReconcilerError(USAGE, f"the sandbox cannot start: {scrubbed(str(error))}") from error
    return 0


def _value(text: str) -> object:
    import json

    try:
        return json.loads(text)
    except ValueError:
        return text


def _description(vendor: str, switched: dict[str, object]) -> str:
    """The document as text; a usage error for an unknown vendor, ValueError for an unknown option."""
    import json

    from reconciler.errors import USAGE, ReconcilerError
    from reconciler.sandbox.options import Options
    from reconciler.sandbox.vendors import APIS, description

    if vendor not in APIS:
        raise ReconcilerError(USAGE, f"there is no vendor {vendor!r}; there are {', '.join(APIS)}")
    chosen = Options()
    chosen.update(switched)
    return json.dumps(description(vendor, chosen), indent=2) + "\n"


def _announcement(running: object) -> str:
    url = getattr(running, "url", "")
    from reconciler.sandbox.seed import B2S_TOKEN, BUENNO_TOKEN, CUSTOMERSURE_TOKEN, ENCO_TOKEN, OPTIMUM_TOKEN

    return (
        f"The sandbox answers at {url}\n\n"
        f"  enco          baseUrl: {url}/enco/survey/1.0.0\n"
        f"  customersure  baseUrl: {url}/customersure\n"
        f"  optimum       baseUrl: {url}/optimum/api/v1\n"
        f"  buenno        baseUrl: {url}/buenno/api/v01\n"
        f"  b2s           baseUrl: {url}/b2s\n\n"
        f"export ENCO_TOKEN={ENCO_TOKEN} CUSTOMERSURE_TOKEN={CUSTOMERSURE_TOKEN} OPTIMUM_TOKEN={OPTIMUM_TOKEN}\n"
        f"export BUENNO_TOKEN={BUENNO_TOKEN} B2S_TOKEN={B2S_TOKEN}\n\n"
        "Ctrl-C ends it.\n"
    )
