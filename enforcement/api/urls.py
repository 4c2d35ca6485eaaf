"""Addresses of enforcement under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from enforcement.api.accounts import AccountViewSet
from enforcement.api.appeals import AppealViewSet
from enforcement.api.checks import ListingCheckViewSet
from enforcement.api.decisions import DecisionViewSet
from enforcement.api.disputes import DisputeViewSet
from enforcement.api.events import EventViewSet
from enforcement.api.policies import PolicyViewSet
from enforcement.api.rechecks import ListingRecheckViewSet
from enforcement.api.sweeps import SweepViewSet
from enforcement.api.transparency import SubmissionViewSet
from enforcement.api.undo import UndoViewSet
from enforcement.api.violations import ViolationViewSet

router = SimpleRouter(trailing_slash=False)
router.register("policies", PolicyViewSet, basename="policy")
router.register("sweeps", SweepViewSet, basename="sweep")
router.register("violations", ViolationViewSet, basename="violation")
router.register("decisions", DecisionViewSet, basename="decision")
router.register("undos", UndoViewSet, basename="undo")
router.register("appeals", AppealViewSet, basename="appeal")
router.register("disputes", DisputeViewSet, basename="dispute")
router.register("transparency/submissions", SubmissionViewSet, basename="transparency-submission")
urlpatterns = [
    *router.urls,
    path("events", EventViewSet.as_view({"get": "list"}), name="events"),
    path("listings/check", ListingCheckViewSet.as_view({"post": "create"}), name="listing-check"),
    path("listings/<int:pk>/check", ListingRecheckViewSet.as_view({"post": "create"}), name="listing-recheck"),
    path("merchants/<str:merchant_id>/health", AccountViewSet.as_view({"get": "health"}), name="merchant-health"),
    path("merchants/<str:merchant_id>/matters", AccountViewSet.as_view({"get": "matters"}), name="merchant-matters"),
]
