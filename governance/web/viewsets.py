"""The base of the API's viewsets."""

from typing import ClassVar

from django.db.models import OrderBy
from rest_framework.viewsets import GenericViewSet

from governance.web.api_schema import ScopedSchema


class ScopedViewSet(GenericViewSet):
    """`scopes` names the scope of each action; an action it does not name is open to nobody. `order` ends with the key.

    Combine it with DRF's mixins, declare `filterset_class`, and write one `@action` per verb. The schema reads the
    model from `queryset = X.objects.none()`; `get_queryset` returns what the asker may see.
    """

    scopes: ClassVar[dict[str, str]] = {}
    order: ClassVar[tuple[str | OrderBy, ...]] = ("-id",)
    schema = ScopedSchema()
    metadata_class = None  # what an endpoint takes is in the schema; OPTIONS answers 405
