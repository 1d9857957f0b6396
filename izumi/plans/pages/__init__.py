"""Pages of plans: plan and reality, beginning, handing in, adopting, revising."""

from __future__ import annotations

from django.urls import path

from izumi.plans.pages import listed, shown, stages, start

urlpatterns = [
    path("plans", listed.plans),
    path("plans/new", start.new),
    path("plans/<str:plan>", shown.plan),
    path("plans/<str:plan>/v/<int:n>", shown.version),
    path("plans/<str:plan>/diff", shown.diff),
    path("plans/<str:plan>/decide", stages.decide),
    path("plans/<str:plan>/revise", stages.revise),
    path("plans/<str:plan>/assign", stages.assign),
    path("projects/<str:project>/plan", stages.without_plan),
]
