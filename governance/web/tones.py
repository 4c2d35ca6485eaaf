"""The tone, icon and word of a state, from the tables that stand beside its enum (`IMPORT_TONE`, `IMPORT_ICON`)."""

import sys
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.db.models import Choices, Model
from django.utils.functional import Promise

ICON_OF_TONE = {
    "critical": "critical",
    "serious": "serious",
    "caution": "caution",
    "ok": "ok",
    "info": "info",
    "neutral": "minus",
}


@dataclass(frozen=True)
class Mark:
    tone: str
    icon: str
    label: str | Promise


@cache
def _table(kind: type[Choices], suffix: str) -> dict[Any, str]:
    module = sys.modules[kind.__module__]
    tables = (value for name, value in vars(module).items() if name.endswith(suffix) and isinstance(value, dict))
    return next((table for table in tables if table and all(isinstance(key, kind) for key in table)), {})


def mark_of(member: Choices) -> Mark:
    tone = _table(type(member), "_TONE").get(member, "neutral")
    return Mark(tone, _table(type(member), "_ICON").get(member, ICON_OF_TONE[tone]), member.label)


@cache
def _enum_of(model: type[Model], field: str) -> type[Choices] | None:
    choices = getattr(model._meta.get_field(field), "choices", None)
    module = import_module(f"{model.__module__.split('.models')[0]}.enums")
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, Choices)]
    values = {value for value, _label in choices or ()}
    return next((kind for kind in kinds if kind.__members__ and set(kind.values) == values), None)


def mark_of_field(obj: Model, field: str) -> Mark:
    """The mark of a row's state: the enum of the model's app that has the field's choices."""
    value = getattr(obj, field)
    kind = _enum_of(type(obj), field)
    if kind is None:
        return Mark("neutral", ICON_OF_TONE["neutral"], str(value))
    return mark_of(kind(value))
