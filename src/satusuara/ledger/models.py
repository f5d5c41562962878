"""The log's tables. Nothing outside this chapter imports them (rule 3 of the house).

Triggers (migration 0002) refuse every change and removal of entries, nodes and checkpoints on both databases.
"""

from __future__ import annotations

from django.db import models


class Head(models.Model):
    """How long the log is: one row, locked by whoever appends. Derived; ``verify`` recomputes it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    root = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.size}"


class Entry(models.Model):
    """One leaf of the log. Rows are only ever added; ``index`` is the leaf's place in the RFC 6962 tree, from 0."""

    index = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)  # account name, or "system:<command>"
    action = models.CharField(max_length=64)  # "<chapter>.<verb>"
    subject_kind = models.CharField(max_length=64)  # "<chapter>.<model>"
    subject_id = models.CharField(max_length=128)
    reason = models.TextField(blank=True)
    payload_hash = models.CharField(max_length=64)  # SHA-256 (hex) of the sealed payload's canonical JSON
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["index"]
        indexes = [models.Index(fields=["subject_kind", "subject_id", "index"])]

    def __str__(self) -> str:
        return f"{self.index} {self.action} {self.subject_kind}:{self.subject_id}"


class Node(models.Model):
    """Hash of a complete subtree of 2**level leaves (level >= 1), the ``index``-th of its level; never changes."""

    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="ledger_node_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed statement of the tree's size and root (C2SP signed note)."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.size}"
