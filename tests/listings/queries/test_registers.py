import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from listings.models import Category, Market
from listings.queries.registers import lasts_and_counts
from tests.factories import reference


@pytest.mark.django_db
def test_every_change_of_a_register_shows_in_one_query() -> None:
    empty = lasts_and_counts(Category, Market)
    reference.load_small()
    with CaptureQueriesContext(connection) as captured:
        loaded = lasts_and_counts(Category, Market)
    assert (len(captured), loaded[1:]) == (1, (5, "SA", 5))
    Category.objects.filter(code="toys/plush").delete()
    removed = lasts_and_counts(Category, Market)
    Category.objects.create(code="garden", names={"en": "Garden"})
    assert len({empty, loaded, removed, lasts_and_counts(Category, Market)}) == 4
