"""The project package: settings, routes, the Celery application and the launcher."""

from governance.celery import app as celery_app

__all__ = ["celery_app"]
