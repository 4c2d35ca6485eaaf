"""Addresses of enforcement under /api/v1/."""

from rest_framework.routers import SimpleRouter

from enforcement.api.policies import PolicyViewSet
from enforcement.api.sweeps import SweepViewSet

router = SimpleRouter(trailing_slash=False)
router.register("policies", PolicyViewSet, basename="policy")
router.register("sweeps", SweepViewSet, basename="sweep")
urlpatterns = router.urls
