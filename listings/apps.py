from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListingsConfig(AppConfig):
    name = "listings"
    verbose_name = _("Listings")

    def ready(self) -> None:
        import_module("listings.receivers")
        import_module("listings.queries.markets")  # tells the market filter which there are
