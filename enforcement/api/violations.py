"""Violations over the API: read only. Sweeps write them; cases and decisions act on them."""

from django.db.models import QuerySet
from rest_framework import mixins, serializers

from enforcement import permissions
from enforcement.filters import ViolationFilter
from enforcement.models import Violation
from enforcement.queries import decisions as queries
from governance.accounts.enums import Scope
from governance.web.viewsets import ScopedViewSet


class ViolationOut(serializers.ModelSerializer):
    policy = serializers.CharField(source="policy.slug")
    version = serializers.IntegerField(source="version.number")
    merchant = serializers.CharField(source="merchant.public_id")
    listing = serializers.CharField(source="listing.external_id", allow_null=True, default=None)

    class Meta:
        model = Violation
        fields: tuple[str, ...] = (
            "id", "policy", "version", "merchant", "listing", "listing_version", "markets", "mode", "state", "owed",
            "found_at", "seen_at", "closed_at", "closed_because",
        )  # fmt: skip


class ViolationDetailOut(ViolationOut):
    class Meta(ViolationOut.Meta):
        fields = (*ViolationOut.Meta.fields, "explanation")


class ViolationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """What the policies found, open and closed."""

    queryset = Violation.objects.none()
    scopes = {"list": Scope.VIOLATIONS_READ, "retrieve": Scope.VIOLATIONS_READ}
    filterset_class = ViolationFilter
    order = ("-found_at", "-pk")

    def get_queryset(self) -> QuerySet[Violation]:
        return queries.violations(permissions.markets(self.request.user))

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return ViolationDetailOut if self.action == "retrieve" else ViolationOut
