"""A drift report read back from its JSON, so that what is told of it later is rendered as it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.model import JSON, Address, Cause, Drift, FieldChange, Plan, Selection, Source, Trouble, Unmanaged
from reconciler.report.shape import FORMAT_VERSION

_FLAGS = ("sensitive", "ignored", "forces_replacement", "after_unknown")


def drift_plan(document: JSON) -> Plan:
    """The plan, without changes, whose drift a document of ``drift --json`` tells.

    Raises ValueError for what is no such document.
    """
    try:
        body = _of(dict, document)
        if body["format_version"] != FORMAT_VERSION:
            raise ValueError("a drift report of another version")
        return Plan(
            project=_of(str, body["project"]),
            environment=None if body["environment"] is None else _of(str, body["environment"]),
            selection=_selection(_of(dict, body.get("selection", {}))),
            lineage=None,
            schema_digest="",
            changes=(),
            drift=tuple(_drift(_of(dict, item)) for item in _of(list, body["resource_drift"])),
            unmanaged=tuple(_unmanaged(_of(dict, item)) for item in _of(list, body["unmanaged"])),
            troubles=tuple(_trouble(_of(dict, item)) for item in _of(list, body["errors"])),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("no drift report") from error


def _drift(item: Mapping[str, Any]) -> Drift:
    change = _of(dict, item["change"])
    gone = change["actions"] == ["delete"]
    return Drift(
        address=Address.parse(_of(str, item["address"])),
        connection=_of(str, item["connection"]),
        id=_of(str, item["id"]),
        before=_object(change["before"]),
        after=None if gone else _object(change["after"]) or {},
        fields=tuple(_field(_of(dict, field)) for field in _of(list, item["fields"])),
        repairable=_of(bool, item["repairable"]),
        message=None if item["message"] is None else _of(str, item["message"]),
        source=_source(item.get("source")),
    )


def _field(item: Mapping[str, Any]) -> FieldChange:
    flags = {name: _of(bool, item.get(name, False)) for name in _FLAGS}
    return FieldChange(_of(str, item["path"]), item["before"], item["after"], Cause(item["cause"]), **flags)


def _unmanaged(item: Mapping[str, Any]) -> Unmanaged:
    return Unmanaged(*(_of(str, item[name]) for name in ("connection", "type", "id", "key")))


def _trouble(item: Mapping[str, Any]) -> Trouble:
    connection, code, message = (_of(str, item[name]) for name in ("connection", "code", "message"))
    return Trouble(connection, item["type"] or "", code, message, _of(int, item["exit_code"]), item.get("hint") or "")


def _selection(item: Mapping[str, Any]) -> Selection:
    files, targets, excludes = (tuple(_of(list, item.get(name, []))) for name in ("files", "targets", "excludes"))
    return Selection(files, targets, excludes, complete=_of(bool, item.get("complete", False)))


def _source(value: Any) -> Source | None:
    if value is None:
        return None
    return Source(_of(str, value["file"]), _of(int, value["line"]), row=_source(value.get("row")))


def _object(value: Any) -> Mapping[str, JSON] | None:
    return None if value is None else _of(dict, value)


def _of(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{type(value).__name__} where {kind.__name__} is due")
    return value
