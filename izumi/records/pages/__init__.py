"""Pages of records: landing, deposit, access, history, work list."""

from __future__ import annotations

from django.urls import path

from izumi.records.pages import landing

urlpatterns = [
    path("records/<str:record>", landing.landing),
    path("records/<str:record>/v/<int:n>", landing.landing),
    path("records/<str:record>/preview", landing.draft_preview),
]
