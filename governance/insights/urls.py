"""Addresses of insights."""

from django.urls import URLPattern, path

from governance.insights.views import home

app_name = "insights"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("home/stats/", home.stats, name="stats"),
    path("home/numbers/", home.numbers, name="numbers"),
]
