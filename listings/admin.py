"""Looking at the catalogue in Django's admin. Nothing is written there: the domain has the only way in."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from listings.models import (
    AttributeDefinition,
    Category,
    CategoryAlias,
    ExchangeRate,
    ImportRun,
    Listing,
    Market,
    Merchant,
)


class ReadOnly(admin.ModelAdmin):
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def show(model: type[Model], *columns: str, search: tuple[str, ...] = (), related: tuple[str, ...] = ()) -> None:
    options: dict[str, Any] = {
        "list_display": columns,
        "search_fields": search,
        "list_select_related": related or False,
    }
    admin.site.register(model, type(f"{model.__name__}Admin", (ReadOnly,), options))


show(Merchant, "external_id", "name", "kind", "country", "state", search=("external_id", "name"))
show(Listing, "id", "external_id", "title", "merchant", "state", search=("external_id", "ean"), related=("merchant",))
show(ImportRun, "filename", "kind", "state", "rows_read", "created_at", search=("filename",))
show(Market, "code", "region", "currency")
show(Category, "code", "source", search=("code",))
show(CategoryAlias, "source", "name_key", "category", search=("name_key",), related=("category",))
show(AttributeDefinition, "key", "kind", "unit", search=("key",))
show(ExchangeRate, "currency", "date", "per_eur", search=("currency",))
