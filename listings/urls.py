"""Addresses of listings: imports. Listings and merchants themselves are shown where their violations are known."""

from django.urls import URLPattern, path

from listings.views import imports

app_name = "listings"
urlpatterns: list[URLPattern] = [
    path("imports/", imports.ImportList.as_view(), name="imports"),
    path("imports/new/", imports.new, name="import-new"),
    path("imports/<int:pk>/", imports.detail, name="import"),
    path("imports/<int:pk>/begin/", imports.begin, name="import-begin"),
    path("imports/<int:pk>/cancel/", imports.cancel, name="import-cancel"),
    path("imports/<int:pk>/take-up/", imports.take_up, name="import-take-up"),
    path("imports/<int:pk>/try-again/", imports.try_again, name="import-try-again"),
    path("imports/<int:pk>/categories/", imports.map_categories, name="import-categories"),
    path("imports/<int:pk>/errors.csv", imports.errors, name="import-errors"),
]
