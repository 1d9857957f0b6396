"""Tables of storage: file rows with version intervals, counters, dropped drafts, uploads in progress."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q


class PathField(models.TextField):
    """Text compared byte by byte, so that keyset pages and prefix ranges mean the same on every database."""

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """The column's parameters, with the C collation where the database would otherwise sort by language."""
        found: dict[str, Any] = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            found["collation"] = "C"
        return found


LIVE = Q(dropped__isnull=True)


class DroppedDraft(models.Model):
    """A draft's file changes that were thrown away; they can come back until they are forgotten."""

    owner_id = models.CharField(max_length=11)
    version = models.IntegerField()
    dropped_at = models.DateTimeField(help_text="domain time")
    file_count = models.BigIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    referenced_bytes = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["owner_id", "-dropped_at"]), models.Index(fields=["dropped_at"])]


class StoredFile(models.Model):
    """One file of one owner, valid in the versions ``from_version <= n < to_version``.

    Publishing a version writes none of these rows: the draft's rows already carry the number the version will have.
    """

    owner_id = models.CharField(max_length=11)
    folder = PathField(blank=True, help_text="with its closing slash; empty at the top")
    name = PathField()
    folded = PathField(help_text="the whole path without case and normalisation")
    from_version = models.IntegerField()
    to_version = models.IntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    sha512 = models.CharField(max_length=128, blank=True, default="", help_text="set by the seal")
    size_bytes = models.BigIntegerField(null=True)
    media_type = models.CharField(max_length=100)
    place = models.TextField(help_text="draft, object:<content path> or url:<address>")
    dropped = models.ForeignKey(DroppedDraft, null=True, on_delete=models.CASCADE, related_name="rows")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner_id", "folded"], condition=Q(to_version__isnull=True) & LIVE, name="one_file_per_folded_path"
            )
        ]
        indexes = [
            models.Index(fields=["owner_id", "folder", "name", "from_version"], condition=LIVE, name="file_by_path"),
            models.Index(fields=["owner_id", "from_version", "folder", "name"], condition=LIVE, name="file_by_start"),
            models.Index(
                fields=["owner_id", "to_version", "folder", "name"],
                condition=LIVE & Q(to_version__isnull=False), name="file_by_end",
            ),
            models.Index(fields=["sha256"], condition=Q(place="draft"), name="file_by_draft_blob"),
            models.Index(fields=["owner_id", "id"], condition=Q(sha512="") & LIVE, name="file_unsealed"),
        ]  # fmt: skip


class DroppedRemoval(models.Model):
    """A removal that was thrown away with its draft: restoring the draft removes the file again."""

    dropped = models.ForeignKey(DroppedDraft, on_delete=models.CASCADE, related_name="removals")
    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="+")


class VersionCount(models.Model):
    """How many files a version has and what they weigh, kept as they change; a version without a row equals its predecessor."""

    owner_id = models.CharField(max_length=11)
    version = models.IntegerField()
    file_count = models.BigIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    referenced_bytes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner_id", "version"], name="one_count_per_version")]


class Hold(models.Model):
    """A hold that stands in the storage and whose action committed: the seal removes both."""

    token = models.CharField(max_length=16, primary_key=True)
    owner_id = models.CharField(max_length=11, db_index=True)
    placed_at = models.DateTimeField(help_text="domain time")


class Upload(models.Model):
    """An upload in progress. How far it is stands in its folder among the drafts, where it is made durable."""

    id = models.CharField(max_length=32, primary_key=True)
    owner_id = models.CharField(max_length=11, db_index=True)
    path = models.TextField()
    length = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True, default="")
    media_type = models.CharField(max_length=100, blank=True, default="")
    metadata = models.TextField(blank=True, default="", help_text="Upload-Metadata as sent")
    sender = models.CharField(max_length=80, db_index=True)
    state = models.CharField(max_length=10, default="open")
    created_at = models.DateTimeField(help_text="machine time")
    expires_at = models.DateTimeField(help_text="machine time", db_index=True)
