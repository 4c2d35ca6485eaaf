from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from pytest_django.fixtures import Settings

from listings.models import ExchangeRate, ListingMetric, Market, MerchantWindow, OrderLine
from tests.factories import reference


@pytest.mark.django_db
def test_a_market_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no market BR"):
        call_command("import_olist", tmp_path)


@pytest.mark.data
@pytest.mark.django_db
def test_orders_items_and_reviews_become_lines_and_daily_metrics(
    reference_data: Path, settings: Settings, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    reference.load_shipped()
    Market.objects.create(code="BR", region="other", currency="BRL", languages=["pt"], working_days=[1, 2, 3, 4, 5])
    ExchangeRate.objects.create(currency="BRL", date=date(2016, 1, 1), per_eur="4.00")
    told = StringIO()
    call_command("import_olist", reference_data / "data" / "olist", stdout=told)
    lines = [line.strip() for line in told.getvalue().splitlines()]
    assert lines[0] == "merchants: 3,095 rows, 3,095 new, 0 changed, 0 unchanged, 0 parked, 0 refused"
    assert lines[1] == "listings: 8,205 rows, 7,534 new, 0 changed, 0 unchanged, 671 parked, 0 refused"
    assert lines[2] == "orders: 13,575 rows, 12,478 new, 0 changed, 0 unchanged, 1,097 parked, 0 refused"
    assert OrderLine.objects.count() > 10_000
    assert ListingMetric.objects.aggregate(Sum("rating_count"))["rating_count__sum"] > 10_000
    assert MerchantWindow.objects.count() == 0
