"""Tables of the decision: the compiled state of a record's access, and its twin for SQL."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class AccessState(models.Model):
    """What was compiled for a record, whole: statement, state, gates and all rules; superseded, never deleted."""

    record_id = models.CharField(max_length=11)
    state = models.CharField(max_length=12)
    gates = models.JSONField(default=list)
    statement = models.JSONField(default=dict)
    rules = models.JSONField(default=list, help_text="rows of part, action, audience, from, until, basis, reason")
    recorded_at = models.DateTimeField(help_text="domain time")
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_id"], condition=Q(superseded_at__isnull=True), name="one_access_state_in_force"
            )
        ]
        indexes = [models.Index(fields=["record_id", "recorded_at"], name="access_state_history")]


class AllowRule(models.Model):
    """The twin for SQL of the rules that decide who finds a record: ``see`` its metadata, ``read`` any of its files."""

    record_id = models.CharField(max_length=11)
    action = models.CharField(max_length=4)
    part = models.CharField(max_length=300)
    audience = models.CharField(max_length=80)
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(help_text="domain time")
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["record_id", "action", "audience"],
                condition=Q(superseded_at__isnull=True),
                name="allow_rule_of_record",
            ),
            models.Index(
                fields=["audience", "action", "record_id"],
                condition=Q(superseded_at__isnull=True),
                name="allow_rule_of_audience",
            ),
            models.Index(
                fields=["from_at"],
                condition=Q(superseded_at__isnull=True, from_at__isnull=False),
                name="allow_rule_opening",
            ),
        ]
