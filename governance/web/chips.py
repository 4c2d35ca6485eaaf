"""The filters in force, in words: what each narrows, to what, and the address without it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import (
    CheckboxSelectMultiple,
    Field,
    Form,
    ModelMultipleChoiceField,
    MultipleChoiceField,
    NullBooleanSelect,
)
from django.http import QueryDict
from django.utils.translation import gettext as _
from django_filters.widgets import SuffixedMultiWidget

from governance.web import formats

SHOWN = 2


@dataclass(frozen=True)
class Chip:
    name: str
    focus: str
    label: str
    value: str
    without: str


def chips(form: Form, given: QueryDict) -> list[Chip]:
    """One chip for each filter with a value; the search words have their own field, as what is hidden has, and the sorting none."""
    found = []
    for name, value in getattr(form, "cleaned_data", {}).items():
        field = form.fields[name]
        if name in ("q", "sort") or form.fields[name].widget.is_hidden or empty(value):
            continue
        keys = keys_of(name, field)
        label = str(field.label or name)
        found.append(Chip(name, keys[min(1, len(keys) - 1)], label, words(field, value), _without(given, keys)))
    return found


def keys_of(name: str, field: Field) -> list[str]:
    """The query keys that a filter reads: a range has two."""
    if isinstance(field.widget, SuffixedMultiWidget):
        return [name, *(f"{name}_{suffix}" for suffix in field.widget.suffixes)]
    return [name]


def empty(value: Any) -> bool:
    if isinstance(value, QuerySet):
        return value.query.is_empty()
    return value is None or value == "" or value == [] or value == ()


def _without(given: QueryDict, keys: Iterable[str]) -> str:
    rest = given.copy()
    for key in (*keys, "cursor"):
        rest.pop(key, None)
    kept = rest.urlencode()
    return f"?{kept}" if any(rest.values()) else "?clear"


def words(field: Field, value: Any) -> str:
    """A cleaned value as a person reads it."""
    if isinstance(value, slice):
        return _range(value.start, value.stop)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (list, tuple, set, QuerySet)):
        return _several([_one(field, each) for each in value])
    return _one(field, value)


def _range(low: Any, high: Any) -> str:
    if low is not None and high is not None:
        return _("%(low)s to %(high)s") % {"low": _plain(low), "high": _plain(high)}
    if low is not None:
        return (
            _("%(low)s or more") % {"low": _plain(low)}
            if not isinstance(low, date)
            else _("since %(low)s") % {"low": _plain(low)}
        )
    return (
        _("%(high)s or less") % {"high": _plain(high)}
        if not isinstance(high, date)
        else _("until %(high)s") % {"high": _plain(high)}
    )


def _several(texts: list[str]) -> str:
    shown = formats.series(texts[:SHOWN])
    return f"{shown} +{len(texts) - SHOWN}" if len(texts) > SHOWN else shown


def _one(field: Field, value: Any) -> str:
    if isinstance(value, Model):
        return str(value)
    choices = dict(_flat(getattr(field, "choices", ()))) if not hasattr(field, "queryset") else {}
    return str(choices.get(str(value), _plain(value)))


def _flat(choices: Iterable[Any]) -> Iterable[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from _flat(label)
        else:
            yield str(value), label


def _plain(value: Any) -> str:
    if isinstance(value, (datetime, date)):
        return formats.day(value)
    return formats.number(value) if isinstance(value, (int, float, Decimal)) else str(value)


def plain_widgets(form: Form) -> None:
    """Several choices are ticked, a filter without choices is left out, and yes-or-no says "any" with an empty value."""
    for name, field in list(form.fields.items()):
        if isinstance(field, MultipleChoiceField | ModelMultipleChoiceField):
            field.widget = CheckboxSelectMultiple()
            field.widget.choices = list(field.choices)  # type: ignore[arg-type]
            if not field.widget.choices:
                del form.fields[name]
        elif isinstance(field.widget, NullBooleanSelect):
            field.widget.choices = [("", _("Any")), ("true", _("Yes")), ("false", _("No"))]
