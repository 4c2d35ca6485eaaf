from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "governance.audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        import_module("governance.audit.receivers")
