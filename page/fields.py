"""The fields of a form, made from the JSON schema of a tool's inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bot.tools import tool_schema

Kind = Literal[
    "date", "day_or_month", "flag", "choice", "choices", "sequence", "amount", "amounts",
    "times", "number", "text",
]  # fmt: skip
_LISTS = ("choices", "sequence", "amounts", "times")
_FORMATS: Mapping[str, Kind] = {"date": "date", "decimal": "amount"}
_ITEM_FORMATS: Mapping[str, Kind] = {"decimal": "amounts", "time": "times"}
_TYPES: Mapping[str, Kind] = {"boolean": "flag", "integer": "number"}


class Filled(Protocol):
    """A form as it was sent: every name may have several values."""

    def getlist(self, key: str) -> list[Any]:
        """All values of a name, in order."""


@dataclass(frozen=True)
class Field:
    """One input of a tool: what it is called and how a browser lets people fill it in."""

    name: str
    title: str
    help: str
    kind: Kind
    choices: tuple[tuple[str, str], ...]
    required: bool
    may_be_empty: bool
    example: str

    def read(self, filled: Filled) -> Any:
        """What was filled in, as the tool takes it; None for nothing."""
        if self.kind == "flag":
            return bool(filled.getlist(self.name))
        given = [text for value in filled.getlist(self.name) if (text := str(value).strip())]
        if self.kind in _LISTS:
            return given if given or self.may_be_empty else None
        return given[0] if given else None


def fields_of(tool: str) -> tuple[Field, ...]:
    """The fields of a tool's form, in the order of its schema."""
    schema = tool_schema(tool)
    required = schema.get("required", ())
    return tuple(
        _field(name, entry, required=name in required)
        for name, entry in schema["properties"].items()
    )


def _field(name: str, entry: Mapping[str, Any], *, required: bool) -> Field:
    shape = next((one for one in entry.get("anyOf", ()) if one["type"] != "null"), entry)
    labels = shape.get("x-labels") or shape.get("items", {}).get("x-labels") or {}
    example = entry.get("examples", [""])[0]
    return Field(
        name=name,
        title=entry["title"],
        help=entry["description"],
        kind=_kind(shape),
        choices=tuple(labels.items()),
        required=required,
        may_be_empty=shape.get("minItems") == 0,
        example=str(example[0] if isinstance(example, list) else example),
    )


def _kind(shape: Mapping[str, Any]) -> Kind:
    if shape["type"] == "array":
        items = shape["items"]
        if "enum" in items:
            return "choices" if shape.get("uniqueItems") else "sequence"
        return _ITEM_FORMATS[items["format"]]
    if "enum" in shape:
        return "choice"
    if shape["type"] in _TYPES:
        return _TYPES[shape["type"]]
    if "pattern" in shape:
        return "day_or_month"
    return _FORMATS.get(shape.get("format", ""), "text")
