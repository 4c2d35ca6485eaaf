"""Check again now over the API: a listing that something is open about is read anew, by what is open."""

from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement import permissions
from enforcement.domain import rechecks
from enforcement.domain.rechecks import Answer
from enforcement.enums import Rechecked
from enforcement.views import throttle
from governance.accounts.enums import Scope
from governance.accounts.models import User
from governance.web.viewsets import ScopedViewSet
from listings.models import Listing


class RecheckedOut(serializers.Serializer):
    violation = serializers.IntegerField()
    listing = serializers.IntegerField()
    policy = serializers.CharField()
    outcome = serializers.ChoiceField(choices=Rechecked.choices)


class RecheckOut(serializers.Serializer):
    results = RecheckedOut(many=True)
    left = serializers.IntegerField(help_text="Listings that are read after this answer.")


class ListingRecheckViewSet(ScopedViewSet):
    """A listing that something is open about."""

    queryset = Listing.objects.none()
    scopes = {"create": Scope.CASES_WRITE}
    serializer_class = RecheckOut
    pagination_class = None

    def get_queryset(self) -> QuerySet[Listing]:
        markets = permissions.markets(self.request.user)
        return Listing.objects.all() if markets is None else Listing.objects.filter(markets__overlap=sorted(markets))

    @extend_schema(operation_id="listings_recheck", request=None, responses=RecheckOut)
    def create(self, request: Request, pk: int) -> Response:
        """Read the listing again now, by the policies that something is open under. What no longer holds is closed, and what hung
        on it ends by itself. A change that is pushed is read again without asking. Up to 20 times a minute."""
        return Response(check([self.get_object()], cast(User, request.user)))


def check(listings: list[Listing], user: User) -> dict[str, Any]:
    """Raises Throttled, and the domain's refusals."""
    if throttle.exceeded(throttle.RECHECKS, str(user.pk)):
        raise Throttled(wait=throttle.RECHECKS.seconds)
    return out(rechecks.check_now(listings=listings, actor=user, at=timezone.now()))


def out(answer: Answer) -> dict[str, Any]:
    results = [
        {
            "violation": each.violation.pk,
            "listing": each.violation.listing_id,
            "policy": each.violation.policy.slug,
            "outcome": each.outcome,
        }
        for each in answer.checked
    ]
    return dict(RecheckOut({"results": results, "left": answer.left}).data)
