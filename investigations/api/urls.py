"""Addresses of case work under /api/v1/."""

from rest_framework.routers import SimpleRouter

from investigations.api.cases import CaseViewSet
from investigations.api.consumers import ConsumerNoticeViewSet
from investigations.api.notices import NoticeViewSet
from investigations.api.recalls import RecallViewSet

router = SimpleRouter(trailing_slash=False)
router.register("notices", NoticeViewSet, basename="notice")
router.register("recalls", RecallViewSet, basename="recall")
router.register("consumer-notices", ConsumerNoticeViewSet, basename="consumer-notice")
router.register("cases", CaseViewSet, basename="case")
urlpatterns = router.urls
