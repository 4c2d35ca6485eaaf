from django.urls import path

from governance.web import views

app_name = "web"
urlpatterns = [
    path("design/", views.design, name="design"),
    path("design/work/", views.design_work, name="design-work"),
    path("design/letter/", views.design_letter, name="design-letter"),
    path("markets/", views.markets, name="markets"),
    path("language/", views.language, name="language"),
]
