from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "governance.accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        import_module("governance.accounts.api.schema")  # tells the schema generator of the API key
        import_module("governance.accounts.views.saved_views")  # tells the lists where views are kept
