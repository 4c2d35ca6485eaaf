from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "governance.web"

    def ready(self) -> None:
        import_module("governance.web.fonts")
