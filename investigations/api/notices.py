"""Notices over the API: report listings, read what became of each. Who reported goes in and never comes out."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet
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
from investigations.api.attachments import PARSERS, AttachedOut, files_in, sent
from investigations.domain import notice_intake
from investigations.domain.notice_intake import Sender, Thing
from investigations.enums import NoticeChannel, NoticeGround, ReporterKind
from investigations.filters import NoticeFilter
from investigations.models import Notice, NoticeFile, NoticeItem
from investigations.queries import notices as queries
from investigations.queries import things
from listings.models import Listing, Merchant

SENDERS = [each for each in ReporterKind.choices if each[0] not in (ReporterKind.ANONYMOUS, ReporterKind.FLAGGER)]


class NoticeItemOut(serializers.ModelSerializer):
    merchant = serializers.CharField(source="merchant.public_id")
    listing = serializers.CharField(
        source="listing.external_id", allow_null=True, default=None, help_text="None: the merchant as a whole."
    )
    decision = serializers.CharField(source="decision.reference", allow_null=True, default=None)

    class Meta:
        model = NoticeItem
        fields: tuple[str, ...] = ("id", "merchant", "listing", "state", "decision", "due_at")


class NoticeOut(serializers.ModelSerializer):
    items = NoticeItemOut(
        source="shown_items", many=True, help_text="Each thing that was reported, with its own outcome."
    )

    files = AttachedOut(source="shown_files", many=True, help_text="What came with it, proofs of a right included.")

    class Meta:
        model = Notice
        fields: tuple[str, ...] = ("reference", "ground", "reporter_kind", "received_at", "items", "files")


class ThingIn(serializers.Serializer):
    """One of: `listing` with `merchant`; `merchant` alone, for the merchant as a whole; `find`, an address (of a listing, or of a merchant's page), a number or an EAN."""

    merchant = serializers.CharField(default="", help_text="The merchant's public id.")
    listing = serializers.CharField(default="", help_text="The listing, by the merchant's key.")
    find = serializers.CharField(default="", max_length=1000, help_text="Its address, its number (L-…) or its EAN.")


class NoticeIn(serializers.Serializer):
    items = ThingIn(many=True, allow_empty=False, max_length=notice_intake.MOST)  # type: ignore[call-arg]
    ground = serializers.ChoiceField(choices=NoticeGround.choices, default=NoticeGround.OTHER)
    reason = serializers.CharField(max_length=notice_intake.LONGEST, help_text="Why it is held to be illegal.")
    good_faith = serializers.BooleanField(
        default=False, help_text="The reporter states that they believe it to be accurate and complete."
    )
    reporter_kind = serializers.ChoiceField(choices=SENDERS, default=ReporterKind.PERSON)
    reporter_name = serializers.CharField(max_length=200, default="", allow_blank=True)
    reporter_email = serializers.EmailField(
        default="", allow_blank=True, help_text="Confirmation, decision and answers go there; nobody else learns it."
    )
    order_number = serializers.CharField(
        max_length=120,
        default="",
        allow_blank=True,
        help_text="Of a buyer: with which they bought it. It is told back to them alone.",
    )
    brand = serializers.CharField(max_length=200, default="", allow_blank=True, help_text="Of a rights holder.")
    register_number = serializers.CharField(max_length=100, default="", allow_blank=True)
    language = serializers.ChoiceField(choices=[(tag, tag) for tag in language.languages()], default=language.SOURCE)
    key = serializers.CharField(
        max_length=60,
        default="",
        allow_blank=True,
        help_text="Your own key of this report: sent twice it is one, with the files of the first.",
    )
    files = files_in("What shows it.")
    right_proof = files_in("Of a rights holder: what shows the right.")


class NoticeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Reports from outside (DSA Art. 16). A person decides upon each thing in them; reporters appeal by their link.

    The key of a trusted flagger files in its name, and reads what it has filed.
    """

    queryset = Notice.objects.none()
    lookup_field = "reference"
    lookup_value_regex = "[A-Z0-9-]+"
    serializer_class = NoticeOut
    parser_classes = PARSERS
    scopes = {"list": Scope.NOTICES_READ, "retrieve": Scope.NOTICES_READ, "create": Scope.NOTICES_WRITE}
    filterset_class = NoticeFilter
    order = ("-received_at", "-pk")

    def get_queryset(self) -> QuerySet[Notice]:
        shown = queries.items(self.request.user).order_by("pk")
        return queries.visible(self.request.user).prefetch_related(
            Prefetch("items", shown, to_attr="shown_items"),
            Prefetch("files", NoticeFile.objects.order_by("pk"), to_attr="shown_files"),
        )

    @extend_schema(request=NoticeIn, responses={201: NoticeOut})
    def create(self, request: Request) -> Response:
        """Report listings or merchants. Whoever reported them gets a confirmation, where an address is given.

        With files it is sent as `multipart/form-data`, and the things as `items[0]find`, `items[1]merchant` and so on.
        """
        body = NoticeIn(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        notice = notice_intake.receive(
            things=_things(data["items"], permissions.markets(request.user)),
            ground=NoticeGround(data["ground"]),
            reason=data["reason"],
            language=data["language"],
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
            sender=Sender(
                kind=ReporterKind(data["reporter_kind"]),
                name=data["reporter_name"],
                email=data["reporter_email"],
                brand=data["brand"],
                register_number=data["register_number"],
                order_number=data["order_number"],
                proof=sent(data["right_proof"]),
            ),
            channel=NoticeChannel.API,
            good_faith=data["good_faith"],
            sent=sent(data["files"]),
            key=data["key"],
        )
        rows = notice.items.select_related("listing", "merchant", "decision").order_by("pk")
        notice.shown_items = list(rows)  # type: ignore[attr-defined]
        notice.shown_files = list(notice.files.order_by("pk"))  # type: ignore[attr-defined]
        return Response(NoticeOut(notice).data, status=status.HTTP_201_CREATED)


def _things(given: list[dict[str, str]], markets: frozenset[str] | None) -> list[Thing]:
    """What is named, in the markets of whoever reports it. Says which are not there, by their places."""
    found: list[Thing] = []
    errors: dict[int, Any] = {}
    for place, meant in enumerate(_named(given)):
        named = [thing for thing in meant if _within(thing, markets)]
        found += named
        if not named:
            errors[place] = [_("There is no such listing or merchant.")]
    if errors:
        raise serializers.ValidationError({"items": [errors.get(place, {}) for place in range(len(given))]})
    return found


def _named(given: list[dict[str, str]]) -> Iterator[list[Thing]]:
    """What each of them means: by the marketplace's keys all at once, by `find` each line once."""
    keys = [(each["merchant"], each["listing"]) for each in given if not each["find"]]
    by_key = _merchants(keys) | _listings(keys)
    lines = {line: things.find_any(line) for line in dict.fromkeys(each["find"] for each in given) if line}
    for each in given:
        key = (each["merchant"], each["listing"])
        yield lines[each["find"]] if each["find"] else by_key.get(key, [])


def _merchants(keys: list[tuple[str, str]]) -> dict[tuple[str, str], list[Thing]]:
    named = [merchant for merchant, listing in keys if not listing]
    return {(row.public_id, ""): [row] for row in Merchant.objects.filter(public_id__in=named)} if named else {}


def _listings(keys: list[tuple[str, str]]) -> dict[tuple[str, str], list[Thing]]:
    named = [key for key in keys if key[1]]
    if not named:
        return {}
    rows = Listing.objects.filter(
        merchant__public_id__in=[merchant for merchant, _listing in named],
        external_id__in=[listing for _merchant, listing in named],
    )
    return {(row.merchant.public_id, row.external_id): [row] for row in rows.select_related("merchant")}


def _within(thing: Thing, markets: frozenset[str] | None) -> bool:
    if markets is None:
        return True
    return bool(markets.intersection(things.markets_of(thing)))
