"""The WSGI application, as granian's workers load it."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from izumi.kernel.lifeline import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "izumi.web.settings")
if os.environ.get("IZUMI_CHILD") == "1":
    die_with_parent()

application = get_wsgi_application()

if os.environ.get("IZUMI_CHILD") == "1":  # a server's worker: the first reader should not wait for the dictionary
    from izumi.catalogue import queries as catalogue

    catalogue.warm()

from izumi.web.stored import fast  # noqa: E402 - needs the apps

application = fast(application)
