"""How a merchant stands, for seller centres: account health, and what is open with how to cure it."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement import permissions
from enforcement.domain import links
from enforcement.queries import accounts
from enforcement.queries import points as ledger
from enforcement.queries.accounts import Matter
from enforcement.queries.health import Health
from governance.accounts.enums import Scope
from governance.policies.enums import Measure
from governance.web.viewsets import ScopedViewSet
from listings.models import Merchant


class StepOut(serializers.Serializer):
    points = serializers.IntegerField(source="at", help_text="From how many points on it is due.")
    measure = serializers.ChoiceField(choices=Measure.choices)
    days = serializers.IntegerField(allow_null=True)


class HealthPointOut(serializers.Serializer):
    at = serializers.DateTimeField()
    score = serializers.IntegerField()


class LapseOut(serializers.Serializer):
    at = serializers.DateTimeField()
    points = serializers.IntegerField()


class HealthOut(serializers.Serializer):
    """`score` and what follows from the ladder are empty while none is in force; points count without one, too."""

    merchant = serializers.CharField(help_text="The marketplace's own key.")
    points = serializers.IntegerField()
    score = serializers.IntegerField(allow_null=True, help_text="0 to 1000.")
    start = serializers.IntegerField(allow_null=True, help_text="The score without points.")
    step = StepOut(allow_null=True, help_text="The step that the points have reached.")
    next_step = StepOut(allow_null=True)
    history = HealthPointOut(many=True, help_text="Every second day of the last 180.")
    lapses = LapseOut(many=True, help_text="When how many points go by themselves.")
    page = serializers.URLField(help_text="Signed link to the merchant's own page; it works for 180 days.")


class MatterOut(serializers.Serializer):
    decision = serializers.CharField(source="decision.reference")
    title = serializers.CharField()
    language = serializers.CharField(help_text="Of the title.")
    measure = serializers.ChoiceField(source="decision.measure", choices=Measure.choices)
    markets = serializers.ListField(source="decision.markets", child=serializers.CharField())
    decided_at = serializers.DateTimeField(source="decision.decided_at")
    ends_at = serializers.DateTimeField(source="decision.ends_at", allow_null=True)
    correct_by = serializers.DateField(source="decision.correct_by", allow_null=True)
    steps = serializers.ListField(child=serializers.CharField(), help_text="How to correct it.")
    steps_language = serializers.CharField()
    points_off = serializers.IntegerField(
        source="off", help_text="Taken off if all is corrected by `points_off_until`."
    )
    points_off_until = serializers.DateField(source="off_until", allow_null=True)
    statement = serializers.SerializerMethodField(help_text="Signed link to the statement of reasons.")

    def get_statement(self, matter: Matter) -> str:
        return links.address_of(matter.decision)


class MattersOut(serializers.Serializer):
    results = MatterOut(many=True, help_text="The nearest deadline first, 50 at most.")


class AccountViewSet(ScopedViewSet):
    """One merchant's account, as the merchant may see it: nothing of notifiers, other merchants or the staff."""

    queryset = Merchant.objects.none()
    serializer_class = HealthOut
    lookup_field = "external_id"
    lookup_url_kwarg = "merchant_id"
    pagination_class = None
    filter_backends: tuple[Any, ...] = ()
    scopes = {"health": Scope.DECISIONS_READ, "matters": Scope.DECISIONS_READ}

    def get_queryset(self) -> QuerySet[Merchant]:
        return accounts.merchants(permissions.markets(self.request.user))

    @extend_schema(responses=HealthOut)
    def health(self, request: Request, merchant_id: str) -> Response:
        """Points, account health with its history, the step reached and the next."""
        merchant, now = self.get_object(), timezone.now()
        found = accounts.health_of(merchant.pk, now)
        return Response(HealthOut(_health(merchant, found, now)).data)

    @extend_schema(responses=MattersOut)
    def matters(self, request: Request, merchant_id: str) -> Response:
        """Decisions in force, with deadlines and how to cure each."""
        merchant = self.get_object()
        return Response(MattersOut({"results": accounts.matters(merchant, timezone.now())}).data)


def _health(merchant: Merchant, found: Health | None, now: datetime) -> dict[str, Any]:
    return {
        "merchant": merchant.external_id,
        "points": found.points if found else ledger.balance(merchant.pk, now),
        "score": found.score if found else None,
        "start": found.start if found else None,
        "step": found.step if found else None,
        "next_step": found.next if found else None,
        "history": accounts.history(found) if found else [],
        "lapses": [{"at": moment, "points": points} for moment, points in found.lapses] if found else [],
        "page": links.account_address_of(merchant, now),
    }
