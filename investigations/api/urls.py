"""Addresses of case work under /api/v1/."""

from rest_framework.routers import SimpleRouter

from investigations.api.cases import CaseViewSet

router = SimpleRouter(trailing_slash=False)
router.register("cases", CaseViewSet, basename="case")
urlpatterns = router.urls
