"""Addresses of case work under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from investigations.api.cases import CaseViewSet
from investigations.api.consumers import ConsumerNoticeViewSet
from investigations.api.links import MerchantLinkViewSet
from investigations.api.notices import NoticeViewSet
from investigations.api.orders import AuthorityOrderViewSet
from investigations.api.quality import QualityViewSet
from investigations.api.recalls import RecallViewSet

router = SimpleRouter(trailing_slash=False)
router.register("notices", NoticeViewSet, basename="notice")
router.register("authority-orders", AuthorityOrderViewSet, basename="authority-order")
router.register("recalls", RecallViewSet, basename="recall")
router.register("consumer-notices", ConsumerNoticeViewSet, basename="consumer-notice")
router.register("cases", CaseViewSet, basename="case")
router.register("quality", QualityViewSet, basename="quality")
urlpatterns = [
    *router.urls,
    path("merchants/<str:merchant_id>/links", MerchantLinkViewSet.as_view({"get": "list"}), name="merchant-links"),
]
