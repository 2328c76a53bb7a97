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
@click.pass_obj
def sandbox(
    setting: Setting,
    /,
    port: int,
    seed: str | None,
    store_file: str | None,
    latency: float,
    options: tuple[str, ...],
    faults: str | None,
    **_: object,
) -> int:
    """Run Enco, CustomerSure and Optimum as their documents describe them, on loopback, until interrupted.

    Live objects, faults and options can be changed while it runs: see GET /_sandbox/ on the same port.
    """
    import json
    from pathlib import Path

    from reconciler.errors import USAGE, ReconcilerError
    from reconciler.sandbox.server import serve_forever

    start = setting.chosen.start
    try:
        rules = json.loads(Path(start, faults).read_text("utf-8")) if faults else None
        serve_forever(
            port=port,
            seed=seed if seed in (None, "empty") else start / str(seed),
            latency=latency,
            options={name: _value(text) for name, _, text in (item.partition("=") for item in options)},
            store_file=start / store_file if store_file else None,
            faults=rules,
            on_ready=lambda running: setting.terminal.show(_announcement(running)),
        )
    except (OSError, ValueError) as error:
        raise ReconcilerError(USAGE, f"the sandbox cannot start: {error}") from error
    return 0


def _value(text: str) -> object:
    import json

    try:
        return json.loads(text)
    except ValueError:
        return text


def _announcement(running: object) -> str:
    url = getattr(running, "url", "")
    from reconciler.sandbox.seed import CUSTOMERSURE_TOKEN, ENCO_TOKEN, OPTIMUM_TOKEN

    return (
        f"The sandbox answers at {url}\n\n"
        f"  enco          baseUrl: {url}/enco/survey/1.0.0\n"
        f"  customersure  baseUrl: {url}/customersure\n"
        f"  optimum       baseUrl: {url}/optimum/api/v1\n\n"
        f"export ENCO_TOKEN={ENCO_TOKEN} CUSTOMERSURE_TOKEN={CUSTOMERSURE_TOKEN} OPTIMUM_TOKEN={OPTIMUM_TOKEN}\n\n"
        "Ctrl-C ends it.\n"
    )
