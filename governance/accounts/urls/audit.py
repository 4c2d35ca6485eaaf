"""Addresses of the audit log: its page shows people, so it lives above the log itself."""

from django.urls import path

from governance.accounts.views import log

app_name = "audit"
urlpatterns = [
    path("", log.LogList.as_view(), name="entries"),
    path("entries/<int:pk>/", log.entry, name="entry"),
    path("check/", log.check, name="check"),
    path("standing/", log.standing, name="standing"),
]
