"""Addresses of listings under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from listings.api.imports import ImportViewSet, MetricViewSet, OrderViewSet
from listings.api.listings import ListingViewSet, MerchantListingViewSet
from listings.api.merchants import MerchantViewSet

router = SimpleRouter(trailing_slash=False)
router.register("merchants", MerchantViewSet, basename="merchant")
router.register("listings", ListingViewSet, basename="listing")
router.register("imports", ImportViewSet, basename="import")
urlpatterns = [
    *router.urls,
    path(
        "merchants/<str:merchant_id>/listings/<str:listing_id>",
        MerchantListingViewSet.as_view({"get": "retrieve", "put": "update"}),
        name="merchant-listing",
    ),
    path("orders", OrderViewSet.as_view({"post": "create"}), name="order-list"),
    path("metrics", MetricViewSet.as_view({"post": "create"}), name="metric-list"),
]
