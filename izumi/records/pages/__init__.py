"""Pages of records: landing, deposit, access, history."""

from __future__ import annotations

from django.urls import path

from izumi.records.pages import access, deposit, draft_files, history, landing, stages

urlpatterns = [
    path("records/new", deposit.new),
    path("records/<str:record>", landing.landing),
    path("records/<str:record>/v/<int:n>", landing.landing),
    path("records/<str:record>/preview", landing.draft_preview),
    path("records/<str:record>/edit", deposit.edit),
    path("records/<str:record>/edit/files", draft_files.draft_files),
    path("records/<str:record>/publish", stages.publish),
    path("records/<str:record>/review", stages.review),
    path("records/<str:record>/discard", stages.discard),
    path("records/<str:record>/restore", stages.restore),
    path("records/<str:record>/new-version", stages.new_version),
    path("records/<str:record>/withdraw", stages.withdraw),
    path("records/<str:record>/access", access.access),
    path("records/<str:record>/history", history.history),
    path("records/<str:record>/diff", history.diff),
]
