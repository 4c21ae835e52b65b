"""Starts what the run needs before Django reads its settings: a PostgreSQL that nobody else is on can be stopped."""

import os

for shared in ("DATABASE_URL", "REDIS_URL"):
    os.environ.pop(shared, None)
os.environ["DJANGO_SETTINGS_MODULE"] = "reentry_portal.settings"

import django  # noqa: E402

import tests.services  # noqa: E402, F401

django.setup()

from tests.followups.chaos.run import main  # noqa: E402

main()
