"""An API over the log whose verbs fail in every way that an endpoint may."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import include, path
from rest_framework import exceptions, mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from governance.accounts.enums import Scope
from governance.audit.models import Entry
from governance.web.refusals import MoveRefused, Refusal
from governance.web.viewsets import ScopedViewSet

FAILURES: dict[str, Exception] = {
    "refused": Refusal("A waiver needs a reason.", errors={"reason": "Missing."}),
    "moved": MoveRefused("The case is closed."),
    "invalid": exceptions.ValidationError({"price": ["Not a number."], "lines": [{}, {"market": ["Not known."]}]}),
    "invalid-whole": exceptions.ValidationError(["The file is empty."]),
    "django-invalid": ValidationError({"name": ["Too long."]}),
    "django-invalid-whole": ValidationError("Too many."),
    "gone": Http404("No Entry matches the given query."),
    "denied": PermissionDenied("Only its author may."),
    "throttled": exceptions.Throttled(wait=7),
    "broken": ZeroDivisionError(),
    "media": exceptions.UnsupportedMediaType("text/plain"),
}


class EntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = Entry
        fields = ("id", "verb")


class EntryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    queryset = Entry.objects.all()
    serializer_class = EntrySerializer
    order = ("-at", "-id")
    scopes = {
        "list": Scope.AUDIT_READ,
        "retrieve": Scope.AUDIT_READ,
        "fail": Scope.CASES_WRITE,
        "parse": Scope.CASES_WRITE,
    }

    @action(detail=False, methods=["post"], url_path="fail/(?P<how>[a-z-]+)")
    def fail(self, request: Request, how: str) -> Response:
        raise FAILURES[how]

    @action(detail=False, methods=["post"])
    def parse(self, request: Request) -> Response:
        return Response(request.data)

    @action(detail=False, methods=["post"])
    def undeclared(self, request: Request) -> Response:
        return Response()


class PlainView(APIView):
    scopes = {"get": Scope.AUDIT_READ}

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response({"who": getattr(request.user, "pseudonym", "")})

    def post(self, request: Request, **kwargs: Any) -> Response:
        return Response()


handler500 = "governance.web.problems.server_error"
router = SimpleRouter()
router.register("entries", EntryViewSet, basename="entries")
urlpatterns = [path("api/v1/", include(router.urls)), path("api/v1/plain/", PlainView.as_view())]
