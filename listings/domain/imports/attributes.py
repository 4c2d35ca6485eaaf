"""Attributes as the register has them: found by key or label, converted to their kind and unit."""

import re
from typing import Any

from listings.domain.imports import values
from listings.domain.imports.currencies import Unreadable
from listings.domain.imports.units import UnitUnknown, convert
from listings.enums import AttributeKind, RowReason
from listings.models import AttributeDefinition

LONGEST_TEXT = 5_000
MOST_ITEMS = 200
BETWEEN = re.compile(r"\s*[|;,\n]\s*")
NOT_WORD = re.compile(r"\W+")


class Register:
    """The register as it is when this is made."""

    def __init__(self) -> None:
        rows = list(AttributeDefinition.objects.order_by("id").values_list("key", "kind", "unit", "labels"))
        self._kinds = {key: (AttributeKind(kind), unit) for key, kind, unit, _labels in rows}
        self._labels: dict[str, str] = {}
        for key, _kind, _unit, labels in rows:
            for label in labels.values():
                self._labels.setdefault(_folded(str(label)), key)

    def __contains__(self, key: str) -> bool:
        return key in self._kinds

    def key_of(self, name: str) -> str:
        """The registered key of a key or of a label in any language. Raises Unreadable."""
        if name in self._kinds:
            return name
        folded = _folded(name)
        key = folded if folded in self._kinds else self._labels.get(folded, "")
        if not key:
            raise Unreadable(RowReason.ATTRIBUTE_UNKNOWN)
        return key

    def convert(self, key: str, value: Any, *, unit: str = "", decimal: str = "", between: str = "") -> Any:
        """The value in the kind and unit of its key, as JSON keeps it. Raises Unreadable."""
        kind, registered = self._kinds[key]
        match kind:
            case AttributeKind.NUMBER:
                return _number(value, unit, registered, decimal)
            case AttributeKind.BOOLEAN:
                return values.yes(value)
            case AttributeKind.DATE:
                return values.day(value).isoformat()
            case AttributeKind.LIST:
                return _list(value, between)
            case AttributeKind.TEXT:
                return _text(value)


def _number(value: Any, unit: str, registered: str, decimal: str) -> float:
    if isinstance(value, dict):
        unit, value = str(value.get("unit", unit)), value.get("value")
    amount, written = values.measure(value, decimal=decimal)
    try:
        return float(convert(amount, written or unit, registered))
    except UnitUnknown as error:
        raise Unreadable(RowReason.UNIT_UNKNOWN) from error


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        raise Unreadable(RowReason.ATTRIBUTE_UNREADABLE)
    text = str(value).strip()
    if len(text) > LONGEST_TEXT:
        raise Unreadable(RowReason.VALUE_TOO_LONG)
    return text


def _list(value: Any, between: str) -> list[str]:
    items = value if isinstance(value, list) else str(value).split(between) if between else BETWEEN.split(str(value))
    found = [str(item).strip() for item in items if item is not None and str(item).strip()]
    if len(found) > MOST_ITEMS or any(len(item) > LONGEST_TEXT for item in found):
        raise Unreadable(RowReason.VALUE_TOO_LONG)
    return found


def _folded(name: str) -> str:
    return NOT_WORD.sub("_", name.strip().casefold()).strip("_")
