from datetime import date

import django_filters
import pytest
from django.http import QueryDict

from governance.accounts.models import SavedView, User
from governance.web.chips import Chip, chips


class Filters(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Words")
    page = django_filters.MultipleChoiceFilter(
        label="List", choices=[("cases", "Cases"), ("sweeps", "Sweeps"), ("more", [("audit", "Audit")])]
    )
    shared = django_filters.BooleanFilter(label="Shared")
    price = django_filters.RangeFilter(label="Price", field_name="id")
    kept = django_filters.DateFromToRangeFilter(label="Kept", field_name="created_at")
    owner = django_filters.ModelMultipleChoiceFilter(label="Owner", field_name="user", queryset=User.objects.all())

    class Meta:
        model = SavedView
        fields = ()


def found(query: str) -> list[Chip]:
    given = QueryDict(query)
    filters = Filters(given, queryset=SavedView.objects.none())
    filters.is_valid()
    return chips(filters.form, given)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "label", "value"),
    [
        ("page=cases", "List", "Cases"),
        ("page=cases&page=sweeps&page=audit", "List", "Cases, Sweeps +1"),
        ("shared=true", "Shared", "yes"),
        ("shared=false", "Shared", "no"),
        ("price_min=5", "Price", "5 or more"),
        ("price_max=1000", "Price", "1,000 or less"),
        ("price_min=5&price_max=10", "Price", "5 to 10"),
        ("kept_after=2026-11-01", "Kept", "since 1 Nov 2026"),
        ("kept_before=2026-11-01", "Kept", "until 1 Nov 2026"),
    ],
)
def test_a_filter_in_words(query: str, label: str, value: str) -> None:
    assert [(chip.label, chip.value) for chip in found(query)] == [(label, value)]


@pytest.mark.django_db
def test_people_are_named_by_pseudonym() -> None:
    nadia = User.objects.create_user("nadia", "nadia@example.org", pseudonym="Manager M4")
    assert [chip.value for chip in found(f"owner={nadia.pk}")] == ["Manager M4"]


@pytest.mark.django_db
def test_a_chip_leads_to_the_list_without_it() -> None:
    assert [chip.without for chip in found("page=cases&price_min=5&price_max=9&cursor=x&q=toy")] == [
        "?price_min=5&price_max=9&q=toy",
        "?page=cases&q=toy",
    ]
    assert [chip.without for chip in found("page=cases")] == ["?clear"]


@pytest.mark.django_db
def test_nothing_chosen_is_no_chip() -> None:
    assert found(f"q=toy&sort=name&page=&price_min=&kept_after=not-a-date&today={date.min}") == []
