"""The same work for both tools: N objects of six fields, as manifests and live objects, and as Terraform resources."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

FILES = 20  # over which N manifests are spread


def location(number: int) -> dict[str, str]:
    """One store, six fields like a real one."""
    return {
        "name": f"Waffle House {number:05}",
        "address_line_1": f"{number % 300 + 1} High Street",
        "address_line_2": f"Floor {number % 7}",
        "address_line_3": "North",
        "postal_code": f"LS{number % 28} {number % 9}EQ",
        "country_code": "GB",
    }


def write_project(folder: Path, count: int, url: str, **settings: float) -> None:
    """A project of so many locations against a sandbox; ``settings`` go to its connection."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "manifests").mkdir(parents=True)
    lines = "".join(f"      {name}: {value}\n" for name, value in settings.items())
    (folder / "reconciler.yaml").write_text(
        "apiVersion: reconciler/v1\nkind: Project\nmetadata:\n  name: benchmark\nspec:\n  connections:\n    optimum:\n"
        f"      provider: optimum\n      token: {{env: OPTIMUM_TOKEN}}\n      baseUrl: {url}/optimum/api/v1\n{lines}",
        "utf-8",
    )
    each = -(-count // FILES)
    for part in range(FILES):
        numbers = range(part * each, min(count, (part + 1) * each))
        if numbers:
            text = "---\n".join(_manifest(number) for number in numbers)
            (folder / "manifests" / f"stores-{part:02}.yaml").write_text(text, "utf-8")


def _manifest(number: int) -> str:
    fields = "".join(f"  {name}: {_text(value)}\n" for name, value in location(number).items())
    head = f"apiVersion: optimum/v1\nkind: Location\nmetadata:\n  name: store-{number:05}\nspec:\n"
    return head + fields


def _text(value: str) -> str:
    return json.dumps(value)


def write_seed(file: Path, count: int) -> None:
    """The same locations, live."""
    live = [{"id": f"L{number:05}", "created": 1544659200 + number, **location(number)} for number in range(count)]
    file.write_text(json.dumps({"optimum": {"locations": live}}), "utf-8")


def write_terraform(folder: Path, count: int, *, applied: bool) -> None:
    """As many ``terraform_data`` resources, and where they are applied their state."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    blocks = (
        f'resource "terraform_data" "store_{number:05}" {{\n  input = {{\n'
        + "".join(f"    {name} = {json.dumps(value)}\n" for name, value in location(number).items())
        + "  }\n}\n"
        for number in range(count)
    )
    (folder / "main.tf").write_text("".join(blocks), "utf-8")
    if applied:
        state = {
            "version": 4,
            "terraform_version": "1.5.0",
            "serial": 1,
            "lineage": "6f1b1d5e-1c57-4a0e-9a3c-5d3f3f0a7c11",
            "outputs": {},
            "resources": [_instance(number) for number in range(count)],
        }
        (folder / "terraform.tfstate").write_text(json.dumps(state), "utf-8")


def _instance(number: int) -> dict[str, Any]:
    fields = location(number)
    shape = {"value": fields, "type": ["object", dict.fromkeys(fields, "string")]}
    attributes = {"id": f"00000000-0000-0000-0000-{number:012}", "input": shape, "output": shape}
    return {
        "mode": "managed",
        "type": "terraform_data",
        "name": f"store_{number:05}",
        "provider": 'provider["terraform.io/builtin/terraform"]',
        "instances": [{"schema_version": 0, "attributes": {**attributes, "triggers_replace": None}}],
    }
