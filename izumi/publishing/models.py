"""What the outside world was told: the public changes in their own numbering, and where each record stands for harvesters.

All of it follows from the journal and the records; nothing here is written by hand.
"""

from __future__ import annotations

from django.db import models


class Change(models.Model):
    """One public change; numbered 1, 2, 3 … without gaps, under the write lock."""

    n = models.BigIntegerField(primary_key=True)
    record = models.CharField(max_length=11)
    change = models.CharField(max_length=9)
    kind = models.CharField(max_length=30)
    version = models.IntegerField()
    at = models.DateTimeField(help_text="domain time of the event that it tells")


class Announced(models.Model):
    """A record that was ever public, as harvesters know it; never deleted.

    Numbers grow in the order in which rows are written, and datestamps never fall with them: a list in the order of ``n``
    is also one in the order of time, and what changes while somebody reads moves behind them.
    """

    record = models.CharField(max_length=11, primary_key=True)
    n = models.BigIntegerField(unique=True, help_text="number of its newest change: its place in every list")
    datestamp = models.DateTimeField(help_text="domain time, whole seconds, at which the row was written")
    deleted = models.BooleanField(default=False)
    sets = models.JSONField(default=list, help_text="setSpecs; of a deleted record those it had last")
    seq = models.BigIntegerField(help_text="the newest event of the journal that it tells")

    class Meta:
        indexes = [models.Index(fields=["datestamp", "n"], name="announced_by_time")]


class InSet(models.Model):
    """Membership in a set; ``n`` is the record's place in its list."""

    spec = models.CharField(max_length=40)
    n = models.BigIntegerField()
    announced = models.ForeignKey(Announced, on_delete=models.CASCADE, related_name="set_rows")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["spec", "n"], name="one_place_in_set")]


class HarvestSet(models.Model):
    """A set that holds, or held, something public."""

    spec = models.CharField(max_length=40, primary_key=True)
