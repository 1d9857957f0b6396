"""What was handed in for a reporting round, frozen."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Submission(models.Model):
    """A report of a project as it was handed in; it never changes but for its state."""

    id = models.CharField(max_length=11, primary_key=True)
    round = models.ForeignKey("people.ReportingRound", on_delete=models.PROTECT, related_name="submissions")
    project = models.ForeignKey("people.Project", on_delete=models.PROTECT, related_name="submissions")
    report = models.CharField(max_length=20)
    as_of = models.DateField(help_text="the last day that counts")
    frozen = models.JSONField(help_text="header rows, rows, evidence and notes as on that day")
    counts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the CSV as it is downloaded")
    state = models.CharField(max_length=10, default="submitted")
    late = models.BooleanField(default=False)
    submitted_by = models.CharField(max_length=80)
    submitted_at = models.DateTimeField()
    why = models.TextField(blank=True, default="", help_text="why it was returned")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "project"], condition=~Q(state="returned"), name="one_standing_submission")
        ]
        indexes = [models.Index(fields=["project", "submitted_at"], name="submission_of_project")]
