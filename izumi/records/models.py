"""Tables of the hub. The documents are JSON; what lists and decisions need stands beside them in narrow columns."""

from __future__ import annotations

from django.db import models


class Record(models.Model):
    """Anything with an identifier, metadata, a policy and versions."""

    id = models.CharField(max_length=11, primary_key=True)
    kind = models.CharField(max_length=30)
    state = models.CharField(max_length=12, default="unpublished")
    owner = models.CharField(max_length=11, blank=True, default="", help_text="person; empty when none owns it personally")
    owner_organisation = models.CharField(max_length=11)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    latest = models.IntegerField(default=0, help_text="number of the newest version; 0 = never published")
    correction = models.IntegerField(default=0)
    access = models.JSONField(default=dict, help_text="the statement in force once published")
    access_revision = models.IntegerField(default=0)
    gates = models.JSONField(default=list)
    edge_at = models.DateTimeField(null=True, help_text="when the next window opens or closes")
    plan_entries = models.JSONField(default=list, help_text="the entries of plans that it answers")
    obligations = models.JSONField(default=list, help_text="[{plan, entry, kind, day}], copied from the plans in force")
    quota_bytes = models.BigIntegerField(null=True, help_text="what the plans foresee together; null: nothing is foreseen")
    editors = models.JSONField(default=list, help_text="audience keys of those who write it beside its owner")
    profiles = models.JSONField(default=list, help_text="packs in force beside the common items")
    lacks = models.JSONField(default=list, help_text="pointers of obligatory items that the draft or newest version lacks")
    identifiers = models.JSONField(default=list)
    stamp = models.BigIntegerField(default=1, help_text="grows with every change a reader could notice")
    first_published_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True, help_text="domain time of the last public change (掲載更新日)")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.TextField(blank=True, default="")
    seal_state = models.CharField(max_length=8, blank=True, default="")
    sealed_stamp = models.BigIntegerField(default=0)
    sealed_at = models.DateTimeField(null=True)
    # display columns for lists
    title = models.JSONField(default=dict)
    access_class = models.CharField(max_length=10, blank=True, default="")
    data_number = models.CharField(max_length=100, blank=True, default="")
    files = models.BigIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["state", "-changed_at", "id"]),
            models.Index(fields=["owner", "-updated_at"]),
            models.Index(fields=["owner_organisation", "-updated_at"]),
        ]


class RecordProject(models.Model):
    """A record belongs to any number of projects."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="project_rows")
    project = models.CharField(max_length=11, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "project"], name="record_in_project_once")]


class Draft(models.Model):
    """The one editable state; a discarded one can be restored for 30 days."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=8, default="files")
    state = models.CharField(max_length=10, default="open")
    base = models.IntegerField(default=0, help_text="version it starts from; 0 = none")
    metadata = models.JSONField(default=dict)
    unmapped = models.JSONField(default=list)
    prefilled = models.JSONField(default=dict, help_text="pointer -> where the value came from")
    revision = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=80)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=80, blank=True, default="")
    why = models.TextField(blank=True, default="", help_text="why it was returned")
    note = models.TextField(blank=True, default="", help_text="what changed, for the version list")
    scheduled_on = models.DateField(null=True)
    scheduled_by = models.CharField(max_length=80, blank=True, default="")
    discarded_at = models.DateTimeField(null=True)
    dropped = models.BigIntegerField(null=True, help_text="the file changes that were thrown away with it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record"], condition=models.Q(discarded_at=None), name="one_draft_per_record")
        ]
        indexes = [models.Index(fields=["state", "submitted_at"]), models.Index(fields=["scheduled_on"])]


class Version(models.Model):
    """An immutable numbered state; a correction n.r has the same files as n."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="version_rows")
    n = models.IntegerField()
    correction = models.IntegerField(default=0)
    metadata = models.JSONField()
    unmapped = models.JSONField(default=list)
    profiles = models.JSONField(default=dict)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)
    note = models.TextField(blank=True, default="")
    files = models.BigIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "n", "correction"], name="one_version_per_number")]


class Link(models.Model):
    """A typed, directed link to a record or an outside identifier; the newest version's, and those added later."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="link_rows")
    relation = models.CharField(max_length=40)
    scheme = models.CharField(max_length=20, blank=True, default="")
    identifier = models.CharField(max_length=500)
    kind = models.CharField(max_length=40, blank=True, default="")
    evidence = models.TextField(blank=True, default="")
    target = models.CharField(max_length=11, blank=True, default="", db_index=True, help_text="the record, when it is one here")
    origin = models.CharField(max_length=8, default="metadata")
    added_by = models.CharField(max_length=80, blank=True, default="")
    added_at = models.DateTimeField(null=True)
