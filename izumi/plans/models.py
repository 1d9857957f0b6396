"""Tables of plans. A plan is a document; what lists, deviations and obligations need stands in narrow rows beside it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Plan(models.Model):
    """A data management plan (DMP) of a project. Who it belongs to, where it stands, and the newest adopted document."""

    id = models.CharField(max_length=11, primary_key=True)
    project = models.CharField(max_length=11, db_index=True)
    title = models.JSONField(default=dict)
    form = models.CharField(max_length=40, default="common", help_text="the form it has: common, jsps, moonshot, …")
    state = models.CharField(max_length=10, default="draft", help_text="draft, submitted, returned or adopted")
    version = models.IntegerField(default=0, help_text="how often it was adopted; 0: never in force")
    owner = models.CharField(max_length=11, blank=True, default="", help_text="the person who answers for it")
    owner_organisation = models.CharField(max_length=11)
    programme = models.CharField(max_length=11, blank=True, default="", db_index=True)
    call = models.CharField(max_length=11, blank=True, default="", db_index=True)
    entries = models.IntegerField(default=0, help_text="how many entries the newest adopted version has, or the draft")
    next_review_on = models.DateField(null=True)
    adopted_at = models.DateTimeField(null=True, help_text="the last adoption")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "-updated_at"], name="plan_by_state")]


class PlanDraft(models.Model):
    """The one open working document of a plan: the first, or a revision with its reason."""

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="draft_row")
    document = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="open", help_text="open, submitted or returned")
    step = models.IntegerField(default=0, help_text="the step of the chain that is asked while it is submitted")
    revision = models.IntegerField(default=1, help_text="optimistic lock")
    base = models.IntegerField(default=0, help_text="the version it revises; 0: none")
    reason = models.TextField(blank=True, default="", help_text="why the plan is revised")
    why = models.TextField(blank=True, default="", help_text="why it was returned")
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=80, blank=True, default="")
    asked = models.JSONField(default=list, help_text="[{step, by, at}]: the chain as it was when it was submitted, with its yeses")
    answers = models.JSONField(default=dict, help_text="entry -> records that are here already and answer it once it is adopted")
    touched = models.JSONField(default=dict, help_text="entry -> the revision in which it changed last")
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=80)


class PlanVersion(models.Model):
    """An adopted document, immutable."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="version_rows")
    n = models.IntegerField()
    document = models.JSONField()
    reason = models.TextField(blank=True, default="")
    adopted_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=80)
    chain = models.JSONField(default=list, help_text="[{step, by, at}]: who said yes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "n"], name="one_plan_version_per_number")]


class Entry(models.Model):
    """One planned dataset of the version in force: the promises that are compared with reality."""

    id = models.CharField(max_length=11, primary_key=True)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="entry_rows")
    project = models.CharField(max_length=11, db_index=True)
    place = models.IntegerField(help_text="its place in the plan, from 0")
    number = models.CharField(max_length=100, blank=True, default="", help_text="データNo.")
    title = models.JSONField(default=dict)
    managed = models.BooleanField(default=True)
    access_class = models.CharField(max_length=10, blank=True, default="")
    available_on = models.DateField(null=True)
    opens = models.CharField(max_length=8, blank=True, default="")
    register_by = models.DateField(null=True)
    publish_on = models.DateField(null=True)
    keep_until = models.DateField(null=True)
    size_bytes = models.BigIntegerField(null=True, help_text="planned amount")
    responsible = models.CharField(max_length=11, blank=True, default="")
    editors = models.JSONField(default=list, help_text="audience keys of those who write its record")
    retired_at = models.DateTimeField(null=True, help_text="when a revision took it out of the plan")

    class Meta:
        indexes = [models.Index(fields=["plan", "place"], name="entry_of_plan")]


class EntryRecord(models.Model):
    """A record answers an entry; a record may answer entries of several plans."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="record_rows")
    record = models.CharField(max_length=11, db_index=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "record"], name="record_answers_entry_once")]


class Obligation(models.Model):
    """Something promised for a day, with its reminders."""

    key = models.CharField(max_length=60, unique=True, help_text="what it is about and its kind, so that it exists once")
    kind = models.CharField(max_length=10, help_text="plan, register, publish, open, review, report or keep")
    project = models.CharField(max_length=11, db_index=True)
    plan = models.CharField(max_length=11, blank=True, default="", db_index=True)
    entry = models.CharField(max_length=11, blank=True, default="", db_index=True)
    round = models.CharField(max_length=11, blank=True, default="")
    day = models.DateField()
    spoken = models.JSONField(default=list, help_text="days before, for which it has spoken: 30, 7, 1, 0")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["settled_at", "day"], name="obligation_by_day")]


class Deviation(models.Model):
    """Where reality differs from the plan, found by the journal and the clock; settled, never deleted."""

    code = models.CharField(max_length=24)
    project = models.CharField(max_length=11, db_index=True)
    plan = models.CharField(max_length=11, blank=True, default="", db_index=True)
    entry = models.CharField(max_length=11, blank=True, default="")
    record = models.CharField(max_length=11, blank=True, default="")
    planned = models.JSONField(null=True)
    actual = models.JSONField(null=True)
    since = models.DateTimeField(help_text="domain time from which it has been so")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "project", "plan", "entry", "record"], condition=Q(settled_at=None), name="one_open_deviation"
            )
        ]
        indexes = [models.Index(fields=["project", "settled_at"], name="deviation_of_project")]
