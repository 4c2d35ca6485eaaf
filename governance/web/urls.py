from django.urls import path

from governance.web import views

app_name = "web"
urlpatterns = [
    path("design/", views.design, name="design"),
    path("markets/", views.markets, name="markets"),
    path("language/", views.language, name="language"),
]
