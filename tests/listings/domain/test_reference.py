from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.audit.models import Entry
from governance.policies.language.vocabulary import GROUPS
from listings.domain import reference
from listings.domain.imports.units import FACTORS
from listings.domain.reference import KindFixed, Loaded, RatesUnreadable
from listings.models import AttributeDefinition, Category, ExchangeRate, Holiday, Market
from listings.queries.rates import rates_on

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 12, tzinfo=UTC)
NAME_LANGUAGES = {"en", "de", "fr", "es", "it", "nl", "pl", "tr", "ar"}


def test_everything_loads_and_loads_again_without_a_change() -> None:
    first = reference.load_all(actor=None, at=NOON)
    entries = Entry.objects.count()
    again = reference.load_all(actor=None, at=LATER)
    assert all(part.created and not part.changed and not part.unchanged for part in first.values())
    assert again == {what: Loaded(0, 0, part.created) for what, part in first.items()}
    assert (entries, Entry.objects.count()) == (5, 5)
    assert set(Entry.objects.values_list("verb", flat=True)) == {"reference.loaded"}


def test_the_number_of_statements_does_not_grow_with_the_rows(django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        reference.load_markets(actor=None, at=NOON)
        reference.load_categories(actor=None, at=NOON)
        reference.load_attributes(actor=None, at=NOON)


def test_markets_know_their_working_week_and_languages() -> None:
    reference.load_markets(actor=None, at=NOON)
    week = dict(Market.objects.values_list("code", "working_days"))
    assert {code: week[code] for code in ("SA", "EG", "IL", "AE", "DE")} == {
        "SA": [1, 2, 3, 4, 7],
        "EG": [1, 2, 3, 4, 7],
        "IL": [1, 2, 3, 4, 7],
        "AE": [1, 2, 3, 4, 5],
        "DE": [1, 2, 3, 4, 5],
    }
    assert Market.objects.get(code="BE").languages == ["nl", "fr", "de"]
    assert {code for group in GROUPS.values() for code in group} <= week.keys()


def test_a_market_that_somebody_changed_is_set_right_again() -> None:
    reference.load_markets(actor=None, at=NOON)
    Market.objects.filter(code="SA").update(working_days=[1, 2, 3, 4, 5])
    assert reference.load_markets(actor=None, at=LATER).changed == 1
    assert Market.objects.get(code="SA").working_days == [1, 2, 3, 4, 7]


def test_calendars_reach_from_last_year_to_the_second_next() -> None:
    reference.load_markets(actor=None, at=NOON)
    reference.load_calendars(actor=None, at=NOON)
    years = set(Holiday.objects.filter(market="DE").values_list("date__year", flat=True))
    assert years == {2025, 2026, 2027, 2028}
    assert Holiday.objects.filter(market="DE", date=date(2026, 12, 25)).exists()
    assert set(Holiday.objects.values_list("market", flat=True)) == set(Market.objects.values_list("code", flat=True))


def test_a_holiday_that_was_moved_goes_and_one_of_another_time_stays() -> None:
    reference.load_markets(actor=None, at=NOON)
    reference.load_calendars(actor=None, at=NOON)
    Holiday.objects.create(market_id="SA", date=date(2026, 3, 30), name="Announced too early")
    Holiday.objects.create(market_id="SA", date=date(2019, 6, 4), name="Eid al-Fitr")
    reference.load_calendars(actor=None, at=LATER)
    assert not Holiday.objects.filter(market="SA", date=date(2026, 3, 30)).exists()
    assert Holiday.objects.filter(market="SA", date=date(2019, 6, 4)).exists()


def test_categories_hang_under_their_parents_with_names_in_nine_languages() -> None:
    reference.load_categories(actor=None, at=NOON)
    magnets = Category.objects.select_related("parent").get(code="toys/magnetic_sets")
    assert magnets.parent is not None
    assert (magnets.parent.code, magnets.depth, magnets.names["de"]) == ("toys", 1, "Magnetspielzeug")
    assert Category.objects.filter(depth=0).count() == 22
    assert not Category.objects.filter(depth__gt=0, parent=None).exists()
    assert {frozenset(names) for names in Category.objects.values_list("names", flat=True)} == {
        frozenset(NAME_LANGUAGES)
    }


def test_a_name_that_people_added_to_a_category_stays() -> None:
    reference.load_categories(actor=None, at=NOON)
    toys = Category.objects.get(code="toys")
    Category.objects.filter(pk=toys.pk).update(names={**toys.names, "fi": "Lelut"})
    assert reference.load_categories(actor=None, at=LATER).changed == 0
    assert Category.objects.get(code="toys").names["fi"] == "Lelut"


def test_every_unit_of_the_register_can_be_converted_into() -> None:
    reference.load_attributes(actor=None, at=NOON)
    assert set(AttributeDefinition.objects.exclude(unit="").values_list("unit", flat=True)) - FACTORS.keys() == set()


def test_an_attribute_of_another_kind_is_not_overwritten() -> None:
    AttributeDefinition.objects.create(key="voltage", kind="text", labels={"en": "Voltage"})
    with pytest.raises(KindFixed, match="voltage"):
        reference.load_attributes(actor=None, at=NOON)
    assert AttributeDefinition.objects.get().kind == "text"


def _file(folder: Path, text: str) -> Path:
    path = folder / "rates.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rates_of_a_file_replace_those_of_the_same_day(tmp_path: Path) -> None:
    reference.load_rates(file=_file(tmp_path, "currency,date,per_eur\nPLN,2026-11-20,4.2\n"), actor=None, at=NOON)
    text = "# from the bank\ncurrency,date,per_eur\npln,2026-11-20,4.25\nSEK,2026-11-20,11\n"
    assert reference.load_rates(file=_file(tmp_path, text), actor=None, at=LATER) == Loaded(1, 1, 0)
    assert rates_on(date(2026, 11, 23)) == {"EUR": Decimal(1), "PLN": Decimal("4.25"), "SEK": Decimal(11)}


@pytest.mark.parametrize(
    "row",
    [
        "PLN,2026-11-20,0",
        "PLN,2026-11-20,-4",
        "PLN,2026-11-20,four",
        "PLN,20.11.2026,4",
        "POLISH,2026-11-20,4",
        "PLN,2026-11-20",
    ],
)
def test_a_bad_rate_keeps_the_whole_file_out_and_is_named(row: str, tmp_path: Path) -> None:
    file = _file(tmp_path, f"# remark\ncurrency,date,per_eur\nSEK,2026-11-20,11\n{row}\n")
    with pytest.raises(RatesUnreadable) as refused:
        reference.load_rates(file=file, actor=None, at=NOON)
    assert refused.value.lines == (f"4: {row}",)
    assert not ExchangeRate.objects.exists()


def test_a_rate_that_stands_twice_is_refused(tmp_path: Path) -> None:
    file = _file(tmp_path, "currency,date,per_eur\nSEK,2026-11-20,11\nSEK,2026-11-20,12\n")
    with pytest.raises(RatesUnreadable, match="line 3"):
        reference.load_rates(file=file, actor=None, at=NOON)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "currency;date;per_eur\n"])
def test_a_file_without_the_columns_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(RatesUnreadable, match="columns currency, date and per_eur"):
        reference.load_rates(file=_file(tmp_path, text), actor=None, at=NOON)


def test_the_commands_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_reference_data")
    assert "markets: 48 new, 0 changed, 0 as before" in capsys.readouterr().out
    call_command("import_rates", str(_file(tmp_path, "currency,date,per_eur\nSEK,2031-01-01,11\n")))
    assert capsys.readouterr().out == "1 new, 0 changed, 0 as before\n"
    with pytest.raises(CommandError, match="2: SEK"):
        call_command("import_rates", str(_file(tmp_path, "currency,date,per_eur\nSEK,never,11\n")))
