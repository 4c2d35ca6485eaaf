"""Reference data: markets and their calendars, exchange rates, the category tree, the attribute register.

Our own stands in `listings/data/`. Loading it again changes nothing; what people added beside it stays.
"""

import csv
import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import holidays
from django.db import models, transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import Refusal
from listings.domain import taxonomy
from listings.enums import AttributeKind, Region
from listings.models import AttributeDefinition, ExchangeRate, Holiday, Market

DATA = Path(__file__).resolve().parent.parent / "data"
RATES = DATA / "rates.csv"
YEARS_BACK, YEARS_AHEAD = 1, 2
LABEL_LANGUAGES = ("en", "de", "fr")
RATE_COLUMNS = ("currency", "date", "per_eur")
BATCH = 2_000

M = TypeVar("M", bound=models.Model)


class RatesUnreadable(Refusal):
    """A file of exchange rates has rows that cannot be read; nothing of it was taken over. `lines` are its bad lines."""

    def __init__(self, message: str, lines: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.lines = tuple(lines)


class KindFixed(Refusal):
    """An attribute has another kind or unit than our register gives it: listings hold values of the old one."""


@dataclass(frozen=True)
class Loaded:
    """How many rows are new, changed and equal."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


@transaction.atomic
def load_all(*, actor: User | None, at: dt.datetime) -> dict[str, Loaded]:
    """Everything that comes with the product, in the order in which it depends on each other. Raises KindFixed."""
    return {
        "markets": load_markets(actor=actor, at=at),
        "holidays": load_calendars(actor=actor, at=at),
        "rates": load_rates(file=RATES, actor=actor, at=at),
        "categories": load_categories(actor=actor, at=at),
        "attributes": load_attributes(actor=actor, at=at),
    }


@transaction.atomic
def load_markets(*, actor: User | None, at: dt.datetime) -> Loaded:
    rows = [
        Market(
            code=code,
            region=Region(entry["region"]),
            currency=entry["currency"],
            languages=entry["languages"],
            working_days=entry["working_days"],
        )
        for code, entry in _read("markets.toml")["markets"].items()
    ]
    loaded = _write(Market, rows, key=("code",), values=("region", "currency", "languages", "working_days"))
    return _recorded("markets", loaded, actor, at)


@transaction.atomic
def load_calendars(*, actor: User | None, at: dt.datetime) -> Loaded:
    """Public holidays of every market, from the year before `at` to the second after it. Days that were moved are removed."""
    years = range(at.year - YEARS_BACK, at.year + YEARS_AHEAD + 1)
    rows = [
        Holiday(market_id=code, date=day, name=name[:120])
        for code in Market.objects.order_by("code").values_list("code", flat=True)
        for day, name in sorted(_holidays(code, years))
    ]
    valid = {(row.market_id, row.date) for row in rows}
    stored = Holiday.objects.filter(date__year__gte=years.start, date__year__lt=years.stop)
    gone = [pk for pk, code, day in stored.values_list("pk", "market_id", "date") if (code, day) not in valid]
    Holiday.objects.filter(pk__in=gone).delete()
    loaded = _write(Holiday, rows, key=("market_id", "date"), values=("name",))
    return _recorded("holidays", loaded, actor, at, removed=len(gone))


@transaction.atomic
def load_rates(*, file: Path, actor: User | None, at: dt.datetime) -> Loaded:
    """Exchange rates from a CSV file with the columns currency, date, per_eur; lines that begin with # are remarks.

    A rate that is there for the day is replaced. All rows go in, or none: raises RatesUnreadable.
    """
    rows = list(_rates(file))
    loaded = _write(ExchangeRate, rows, key=("currency", "date"), values=("per_eur",))
    return _recorded("rates", loaded, actor, at, file=file.name)


@transaction.atomic
def load_categories(*, actor: User | None, at: dt.datetime) -> Loaded:
    nodes = [taxonomy.Node(code, names) for code, names in _read("categories.toml").items()]
    written = taxonomy.write(nodes=nodes)
    return _recorded("categories", Loaded(written.created, written.changed, written.unchanged), actor, at)


@transaction.atomic
def load_attributes(*, actor: User | None, at: dt.datetime) -> Loaded:
    """Raises KindFixed where a key is registered with another kind or unit."""
    rows = [
        AttributeDefinition(
            key=key,
            kind=AttributeKind(entry["kind"]),
            unit=entry.get("unit", ""),
            labels={language: entry[language] for language in LABEL_LANGUAGES},
        )
        for key, entry in _read("attributes.toml").items()
    ]
    stored = {key: (kind, unit) for key, kind, unit in AttributeDefinition.objects.values_list("key", "kind", "unit")}
    for row in rows:
        if stored.get(row.key, (row.kind, row.unit)) != (row.kind, row.unit):
            message = _("The attribute “%(key)s” is registered as %(kind)s %(unit)s. Rename yours, then load again.")
            kind, unit = stored[row.key]
            raise KindFixed(message % {"key": row.key, "kind": kind, "unit": unit})
    loaded = _write(AttributeDefinition, rows, key=("key",), values=("labels",))
    return _recorded("attributes", loaded, actor, at)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def _write(model: type[M], rows: Sequence[M], *, key: tuple[str, ...], values: tuple[str, ...]) -> Loaded:
    """Insert what is new and update what differs, each in one statement a batch."""
    stored = {
        tuple(row[: len(key)]): tuple(row[len(key) :]) for row in model._default_manager.values_list(*key, *values)
    }
    fresh: list[M] = []
    changed: list[M] = []
    for row in rows:
        before = stored.get(tuple(getattr(row, name) for name in key))
        if before is None:
            fresh.append(row)
        elif before != tuple(getattr(row, name) for name in values):
            changed.append(row)
    model._default_manager.bulk_create(fresh, batch_size=BATCH)
    if changed:
        model._default_manager.bulk_create(
            changed,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=[name.removesuffix("_id") for name in key],
            update_fields=list(values),
        )
    return Loaded(len(fresh), len(changed), len(rows) - len(fresh) - len(changed))


def _holidays(code: str, years: Iterable[int]) -> Iterator[tuple[dt.date, str]]:
    if code in holidays.list_supported_countries(include_aliases=False):
        yield from holidays.country_holidays(code, years=years, language="en_US").items()


def _rates(file: Path) -> Iterator[ExchangeRate]:
    columns = _("The file needs the columns currency, date and per_eur, separated by commas, in UTF-8.")
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RatesUnreadable(columns) from error
    numbered = [(place, line) for place, line in enumerate(lines, start=1) if line.strip() and not line.startswith("#")]
    if not numbered or not set(RATE_COLUMNS) <= set(numbered[0][1].split(",")):
        raise RatesUnreadable(columns)
    reader = csv.DictReader(line for _place, line in numbered)
    found: dict[tuple[str, dt.date], ExchangeRate] = {}
    bad: list[str] = []
    for (place, line), row in zip(numbered[1:], reader, strict=False):
        rate = _rate(row)
        if rate is None or (rate.currency, rate.date) in found:
            bad.append(f"{place}: {line}")
        else:
            found[rate.currency, rate.date] = rate
    if bad:
        message = _("%(count)s rows cannot be read or stand twice; nothing was taken over. The first: line %(first)s")
        raise RatesUnreadable(message % {"count": len(bad), "first": bad[0]}, bad)
    yield from found.values()


def _rate(row: dict[str, str]) -> ExchangeRate | None:
    """None for a row that is no rate."""
    try:
        currency = row["currency"].strip().upper()
        day = dt.date.fromisoformat(row["date"].strip())
        per_eur = Decimal(row["per_eur"].strip()).quantize(Decimal("1e-8"))
    except (KeyError, AttributeError, ValueError, InvalidOperation):
        return None
    if len(currency) != 3 or not currency.isalpha() or not per_eur.is_finite() or per_eur <= 0:
        return None
    return ExchangeRate(currency=currency, date=day, per_eur=per_eur)


def _recorded(what: str, loaded: Loaded, actor: User | None, at: dt.datetime, **more: Any) -> Loaded:
    """Write the log where anything changed."""
    if loaded.created or loaded.changed or more.get("removed"):
        data = {"what": what, "created": loaded.created, "changed": loaded.changed, **more}
        entries.record(verb="reference.loaded", actor=actor, subject_kind="reference", data=data, at=at)
    return loaded
