"""Imports over the API: a file, or a stream of rows; then its progress and its errors."""

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from governance.accounts.enums import Scope
from governance.accounts.models import User
from governance.web import exports
from governance.web.viewsets import ScopedViewSet
from listings.api.serializers import ImportIn, ImportOut, ImportRowOut
from listings.domain.imports import runs
from listings.enums import ImportKind, RowFate
from listings.filters import ImportFilter, ImportRowFilter
from listings.models import ImportRow, ImportRun
from listings.queries import imports as queries

CHUNK = 1 << 20


class RowsParser(BaseParser):
    """The body as it comes: it is read in pieces, whatever its size."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return stream


class Upload(ImportIn):
    file = serializers.FileField(help_text="CSV, NDJSON or XLSX, plain or gzip.")


class ImportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Files and streams of listings, merchants, daily metrics and order lines."""

    scopes = {
        "list": Scope.IMPORTS_READ,
        "retrieve": Scope.IMPORTS_READ,
        "errors": Scope.IMPORTS_READ,
        "errors_csv": Scope.IMPORTS_READ,
        "create": Scope.IMPORTS_WRITE,
        "cancel": Scope.IMPORTS_WRITE,
    }
    filterset_class = ImportFilter
    serializer_class = ImportOut
    lookup_value_regex = r"\d+"

    @property
    def order(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("line", "id") if self.action == "errors" else ("-created_at", "-id")

    def get_parsers(self) -> list[BaseParser]:
        method = getattr(self.request, "method", "")  # the schema is made without a request
        return [MultiPartParser(), RowsParser()] if method == "POST" else [JSONParser()]

    def get_queryset(self) -> QuerySet[Any]:
        if self.action == "errors":
            return ImportRow.objects.filter(settled_at__isnull=True)
        return queries.runs()

    @extend_schema(
        request={
            "multipart/form-data": Upload,
            "application/x-ndjson": OpenApiTypes.BINARY,
            "text/csv": OpenApiTypes.BINARY,
        },
        parameters=[ImportIn],
        responses={202: ImportOut},
    )
    def create(self, request: Request) -> Response:
        """Send a file as a form, or rows as the body with the options in the address. It is worked on afterwards."""
        return receive(request)

    @extend_schema(responses=ImportRowOut(many=True))
    @action(detail=True, filterset_class=ImportRowFilter)
    def errors(self, request: Request, pk: str) -> Response:
        """Rows that did not go in, and those that went in without a value (`fate=noted`)."""
        rows = self.get_queryset().filter(run=self.get_run())
        page = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(ImportRowOut(page, many=True).data)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, url_path="errors.csv", filterset_class=None)
    def errors_csv(self, request: Request, pk: str) -> HttpResponseBase:
        """Parked and refused rows in the file's own columns, with the reason: correct them and send them again."""
        run = self.get_run()
        columns = queries.columns_of(run)
        rows = queries.error_rows(run, columns, (RowFate.PARKED, RowFate.REFUSED))
        return exports.csv_response(rows, head=[*columns, "error"], name=f"import-{run.pk}-errors")

    @extend_schema(request=None, responses=ImportOut)
    @action(detail=True, methods=["post"], filterset_class=None)
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop it after the rows at hand. What has gone in stays in."""
        run = runs.cancel(run=self.get_run(), actor=cast(User, request.user), reason="", at=timezone.now())
        return Response(ImportOut(run).data)

    def get_run(self) -> ImportRun:
        """The run, without the filters of its rows."""
        return get_object_or_404(queries.runs(), pk=self.kwargs["pk"])


class FeedViewSet(ScopedViewSet):
    """Rows of one kind as a stream of JSON objects, one a line."""

    kind: ClassVar[ImportKind]
    serializer_class = ImportOut
    parser_classes = [RowsParser]

    @extend_schema(request={"application/x-ndjson": OpenApiTypes.BINARY}, responses={202: ImportOut})
    def create(self, request: Request) -> Response:
        """Send rows. They are worked on afterwards: the answer's address says how far."""
        return receive(request, kind=self.kind)


class OrderViewSet(FeedViewSet):
    """Order lines: sent again, they change nothing."""

    scopes = {"create": Scope.ORDERS_WRITE}
    kind = ImportKind.ORDERS


class MetricViewSet(FeedViewSet):
    """Daily metrics of listings: a day sent again replaces itself."""

    scopes = {"create": Scope.LISTINGS_WRITE}
    kind = ImportKind.METRICS


def receive(request: Request, *, kind: ImportKind | None = None) -> Response:
    form = request.content_type.startswith("multipart/")
    given = request.data if form else request.query_params
    options: ImportIn = Upload(data=given) if form else ImportIn(data=given)
    options.is_valid(raise_exception=True)
    asked = options.validated_data
    file = asked.get("file")
    run = runs.take_in(
        chunks=file.chunks() if file else _pieces(request),
        filename=asked["filename"] or (file.name if file else f"{kind or asked['kind']}.ndjson"),
        document={"kind": kind.value} if kind else options.document(),
        mapping_name=asked["mapping"],
        merchant_column=asked["merchant_column"],
        merchant_country=asked["merchant_country"].upper(),
        dry_run=asked["dry_run"],
        actor=cast(User, request.user),
        at=timezone.now(),
    )
    return Response(ImportOut(run).data, status=status.HTTP_202_ACCEPTED)


def _pieces(request: Request) -> Iterator[bytes]:
    stream = request.data
    if not hasattr(stream, "read"):  # a body of no length is not parsed at all
        return
    while piece := stream.read(CHUNK):
        yield piece
