"""Wiring and public pages: settings, addresses, headers, health. No models, no rules."""

from reentry_portal.celery import app as celery_app

__all__ = ["celery_app"]
