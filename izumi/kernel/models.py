"""Tables of the journal and of jobs."""

from __future__ import annotations

from django.db import models


class EventRow(models.Model):
    """Header of one journal event; ``seq`` is assigned last, under the write lock, so it is dense in commit order."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(help_text="domain time")
    written_at = models.DateTimeField(help_text="machine time")
    actor = models.CharField(max_length=80, db_index=True)
    token = models.CharField(max_length=16, blank=True, default="")
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, help_text="SHA-256 of salt and payload")
    chain = models.CharField(max_length=64, help_text="SHA-256 of the previous chain value and this header")

    class Meta:
        indexes = [models.Index(fields=["subject", "seq"]), models.Index(fields=["verb", "seq"])]


class EventPayload(models.Model):
    """What an event said; erasable without breaking the chain, which holds only its salted digest."""

    event = models.OneToOneField(EventRow, on_delete=models.CASCADE, primary_key=True, related_name="payload")
    salt = models.CharField(max_length=32)
    body = models.TextField()


class Cursor(models.Model):
    """How far a consumer has read the journal."""

    name = models.CharField(max_length=60, primary_key=True)
    seq = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")


class Job(models.Model):
    """One piece of later or long work."""

    id = models.CharField(max_length=11, primary_key=True)
    name = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="queued")
    dedup = models.CharField(max_length=120, null=True)
    owner = models.CharField(max_length=80, blank=True, default="")
    run_after = models.DateTimeField(null=True, help_text="machine time")
    due = models.DateTimeField(null=True, help_text="domain time")
    lease_until = models.DateTimeField(null=True, help_text="machine time")
    attempts = models.IntegerField(default=0)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    message = models.JSONField(default=dict)
    kept = models.JSONField(default=dict, help_text="state to resume from")
    result = models.JSONField(null=True)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "due", "created_at"]), models.Index(fields=["owner", "-created_at"])]
        constraints = [
            models.UniqueConstraint(fields=["dedup"], condition=models.Q(state="queued"), name="one_queued_job_per_key")
        ]


class KeptAnswer(models.Model):
    """The answer to a POST with an ``Idempotency-Key``: a repetition gets it again instead of doing the work twice."""

    actor = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    path = models.CharField(max_length=300)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    status = models.IntegerField(default=0, help_text="0 while the first one is still at work")
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    expires_at = models.DateTimeField(db_index=True, help_text="machine time")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="one_answer_per_key")]
