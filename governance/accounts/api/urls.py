"""Addresses of accounts under /api/v1/."""

from rest_framework.routers import SimpleRouter

from governance.accounts.api.entries import EntryViewSet

router = SimpleRouter(trailing_slash=False)
router.register("audit/entries", EntryViewSet, basename="entries")
urlpatterns = router.urls
