"""Notices over the API: report a listing, read what became of it. Who reported goes in and never comes out."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement.language import words as language
from governance.accounts.enums import Scope
from governance.web.viewsets import ScopedViewSet
from investigations import permissions
from investigations.domain import notices
from investigations.filters import NoticeFilter
from investigations.models import Notice
from investigations.queries import notices as queries
from listings.models import Listing


class NoticeOut(serializers.ModelSerializer):
    merchant = serializers.CharField(source="listing.merchant.public_id")
    listing = serializers.CharField(source="listing.external_id")
    decision = serializers.CharField(source="decision.reference", allow_null=True, default=None)

    class Meta:
        model = Notice
        fields: tuple[str, ...] = ("reference", "merchant", "listing", "state", "decision", "received_at", "due_at")


class NoticeIn(serializers.Serializer):
    merchant = serializers.CharField(help_text="The merchant's public id.")
    listing = serializers.CharField(help_text="The listing, by the merchant's key.")
    reason = serializers.CharField(max_length=notices.LONGEST, help_text="Why it is held to be illegal.")
    reporter_name = serializers.CharField(max_length=200, default="", allow_blank=True)
    reporter_email = serializers.EmailField(
        default="", allow_blank=True, help_text="Confirmation, decision and answers go there; nobody else learns it."
    )
    language = serializers.ChoiceField(choices=[(tag, tag) for tag in language.languages()], default=language.SOURCE)


class NoticeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Reports from outside about listings (DSA Art. 16). A person decides upon them; reporters appeal by their link."""

    queryset = Notice.objects.none()
    lookup_field = "reference"
    lookup_value_regex = "[A-Z0-9-]+"
    serializer_class = NoticeOut
    scopes = {"list": Scope.CASES_READ, "retrieve": Scope.CASES_READ, "create": Scope.CASES_WRITE}
    filterset_class = NoticeFilter
    order = ("-received_at", "-pk")

    def get_queryset(self) -> QuerySet[Notice]:
        return queries.visible(self.request.user)

    @extend_schema(request=NoticeIn, responses={201: NoticeOut})
    def create(self, request: Request) -> Response:
        """Report a listing. Whoever reported it gets a confirmation, where an address is given."""
        body = NoticeIn(data=request.data)
        body.is_valid(raise_exception=True)
        data = dict(body.validated_data)
        markets = permissions.markets(request.user)
        rows = Listing.objects.filter(merchant__public_id=data.pop("merchant"), external_id=data.pop("listing"))
        rows = rows if markets is None else rows.filter(markets__overlap=list(markets))
        listing = rows.select_related("merchant").first()
        if listing is None:
            raise serializers.ValidationError({"listing": [_("There is no such listing of this merchant.")]})
        notice = notices.receive(listing=listing, **data, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        return Response(NoticeOut(notice).data, status=status.HTTP_201_CREATED)
