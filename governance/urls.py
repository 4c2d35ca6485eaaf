"""Every address of the product. Apps are named as strings: the project knows none of them."""

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from governance.web import api_docs, health, problems

api = [
    path("", include("governance.accounts.api.urls")),
    path("", include("listings.api.urls")),
    path("", include("governance.policies.api.urls")),
    path("", include("enforcement.api.urls")),
    path("", include("investigations.api.urls")),
]

handler500 = "governance.web.problems.server_error"
urlpatterns = [
    path("", include("governance.insights.urls")),
    path("", include("governance.web.urls")),
    path("", include("listings.urls")),
    path("", include("enforcement.urls")),
    path("", include("investigations.urls")),
    path("policies/", include("governance.policies.urls")),
    path("audit/", include("governance.accounts.urls.audit")),
    path("accounts/", include("governance.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include(api)),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", api_docs.docs, name="api-docs"),
    re_path("^api/", problems.not_found),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
]
