"""Addresses of case work, and of the pages that read across the house: cases, listings, merchants, search."""

from django.urls import URLPattern, path

from investigations.views import appeals, case, case_verbs, cases, listings, merchants, queue, recheck, search

app_name = "investigations"
urlpatterns: list[URLPattern] = [
    path("queue/", queue.QueuePage.as_view(), name="queue"),
    path("queue/next/", queue.take_next, name="queue-next"),
    path("cases/", cases.CaseList.as_view(), name="cases"),
    path("cases/<int:pk>/", case.detail, name="case"),
    path("cases/<int:pk>/more/", case.more, name="case-more"),
    path("cases/<int:pk>/text/<int:item>/", case.whole_text, name="case-text"),
    path("cases/<int:pk>/effect/", case.effect, name="case-effect"),
    path("cases/<int:pk>/statement/", case.draft, name="case-statement"),
    path("cases/<int:pk>/statements/<int:decision>/", case.statement, name="case-sent"),
    path("cases/<int:pk>/claim/", case_verbs.claim, name="case-claim"),
    path("cases/<int:pk>/extend/", case_verbs.extend, name="case-extend"),
    path("cases/<int:pk>/release/", case_verbs.release, name="case-release"),
    path("cases/<int:pk>/skip/", case_verbs.skip, name="case-skip"),
    path("cases/<int:pk>/hold/", case_verbs.hold, name="case-hold"),
    path("cases/<int:pk>/decide/", case_verbs.decide, name="case-decide"),
    path("cases/<int:pk>/notes/add/", case_verbs.note, name="case-note"),
    path("cases/<int:pk>/links/add/", case_verbs.add_link, name="case-link"),
    path("cases/<int:pk>/files/add/", case_verbs.add_file, name="case-file"),
    path("cases/<int:pk>/files/<int:evidence>/", case_verbs.download, name="case-download"),
    path("cases/<int:pk>/snapshots/<int:item>/", case_verbs.add_snapshot, name="case-snapshot"),
    path("cases/<int:pk>/check/", recheck.case, name="case-check"),
    path("cases/<int:pk>/<str:tab>/", case.detail, name="case-tab"),
    path("appeals/", appeals.AppealList.as_view(), name="appeals"),
    path("appeals/<int:pk>/", appeals.detail, name="appeal"),
    path("appeals/<int:pk>/take/", appeals.take, name="appeal-take"),
    path("appeals/<int:pk>/release/", appeals.release, name="appeal-release"),
    path("appeals/<int:pk>/effect/", appeals.effect, name="appeal-effect"),
    path("appeals/<int:pk>/decide/", appeals.decide, name="appeal-decide"),
    path("appeals/<int:pk>/inadmissible/", appeals.inadmissible, name="appeal-inadmissible"),
    path("appeals/<int:pk>/files/<int:file>/", appeals.download, name="appeal-file"),
    path("listings/", listings.ListingList.as_view(), name="listings"),
    path("listings/<int:pk>/", listings.detail, name="listing"),
    path("listings/<int:pk>/check/", recheck.listing, name="listing-check"),
    path("merchants/", merchants.MerchantList.as_view(), name="merchants"),
    path("merchants/<str:public_id>/", merchants.detail, name="merchant"),
    path("search/", search.page, name="search"),
    path("find/", search.find, name="find"),
    path("rulings/<int:pk>/undo/", case_verbs.undo, name="ruling-undo"),
]
