import pytest
from django.apps import apps
from django.db.models import Model

from tests.architecture.tree import APPS


def own_models() -> list[type[Model]]:
    configs = [config for config in apps.get_app_configs() if config.name in APPS]
    return [model for config in configs for model in config.get_models()]


def ordered(model: type[Model]) -> bool:
    return bool(model._meta.ordering)


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_no_model_has_an_order_of_its_own(model: type[Model]) -> None:
    """A hidden order is paid for by every query and is wrong for most: each query says its own."""
    assert not ordered(model)


def test_an_order_is_seen() -> None:
    class Ordered(Model):
        class Meta:
            app_label = "auth"
            ordering = ["pk"]
            abstract = True

    assert ordered(Ordered)
