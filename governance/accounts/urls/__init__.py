"""Addresses of accounts, beside those of the sign-in itself."""

from django.urls import path

from governance.accounts.views import keys, people, preferences

app_name = "accounts"
urlpatterns = [
    path("you/", preferences.preferences, name="preferences"),
    path("people/", people.PeopleList.as_view(), name="people"),
    path("people/add/", people.add, name="person-add"),
    path("people/<int:pk>/", people.detail, name="person"),
    path("people/<int:pk>/grant/", people.grant, name="person-grant"),
    path("people/<int:pk>/roles/<int:grant_pk>/revoke/", people.revoke, name="person-revoke"),
    path("people/<int:pk>/deactivate/", people.deactivate, name="person-deactivate"),
    path("people/<int:pk>/reactivate/", people.reactivate, name="person-reactivate"),
    path("people/<int:pk>/reset/", people.reset, name="person-reset"),
    path("people/keys/", keys.KeyList.as_view(), name="keys"),
    path("people/keys/create/", keys.create, name="key-create"),
    path("people/keys/<int:pk>/revoke/", keys.revoke, name="key-revoke"),
]
