"""The vocabulary of the risk chapter."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Origin(models.TextChoices):
    PLAYBOOK = "playbook", _("buku panduan")
    FIELD = "field", _("laporan lapangan")


class RiskState(models.TextChoices):
    """Where a problem stands; guarded by ``rules.lifecycle``."""

    DRAFT = "draft", _("rancangan")
    AGREED = "agreed", _("disepakati")  # in the commission's meeting, with the number of its minutes
    ARMED = "armed", _("siaga")
    LIVE = "live", _("berjalan")
    REVIEWED = "reviewed", _("dievaluasi")


class Side(models.TextChoices):
    """What a barrier stands for."""

    PREVENT = "prevent", _("pencegahan")
    RESPOND = "respond", _("penanganan")
    READY = "ready", _("kesiapan TPS")  # a gate that every station passes


class BarrierCondition(models.TextChoices):
    """What is reported of a barrier at one place; guarded by ``rules.lifecycle``."""

    PLANNED = "planned", _("direncanakan")
    DONE = "done", _("dilaporkan selesai")
    VERIFIED = "verified", _("diperiksa orang kedua")
    DEGRADED = "degraded", _("melemah")
    FAILED = "failed", _("gagal")
    WAIVED = "waived", _("dikecualikan")


class SignalMode(models.TextChoices):
    DRAFT = "draft", _("rancangan")
    SHADOW = "shadow", _("uji diam")  # counts, but tells nobody
    ACTIVE = "active", _("aktif")
    SNOOZED = "snoozed", _("ditunda")
    RETIRED = "retired", _("dihentikan")


class Disposition(models.TextChoices):
    """What became of one sighting."""

    NEW = "new", _("baru")
    SHADOW = "shadow", _("uji diam")
    DEDUPED = "deduped", _("berulang")
    SNOOZED = "snoozed", _("ditunda")
    ATTACHED = "attached", _("ditangani")  # a case holds it


class Severity(models.IntegerChoices):
    """How soon somebody must look."""

    S1 = 1, _("segera")
    S2 = 2, _("jam ini")
    S3 = 3, _("hari ini")
    S4 = 4, _("catatan")


class GapKind(models.TextChoices):
    """What a problem still lacks."""

    NO_PREVENTER = "no_preventer", _("belum ada pencegah")
    NO_SIGNAL = "no_signal", _("belum ada sinyal yang aktif")
    NO_RESPONDER = "no_responder", _("belum ada penanggung jawab penanganan")
    NO_LEGAL_BASIS = "no_legal_basis", _("belum ada dasar hukum")


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("disiapkan")
    OPEN = "open", _("berlangsung")
    CLOSED = "closed", _("ditutup")


class ItemPhase(models.TextChoices):
    """Where a problem stands in a meeting; figures are seen from REVEALED on."""

    WAITING = "waiting", _("dibahas")
    VOTING = "voting", _("pemungutan pendapat dibuka")
    COUNTED = "counted", _("pemungutan pendapat ditutup")
    REVEALED = "revealed", _("hasil diperlihatkan")


class SeatKind(models.TextChoices):
    ACCOUNT = "account", _("akun")
    CODE = "code", _("kode kecamatan")
    LISTED = "listed", _("dicatat pimpinan")  # present without a phone: no vote


class ReadinessDeed(models.TextChoices):
    REPORT = "report", _("laporan")
    VERIFY = "verify", _("pemeriksaan")
    WAIVE = "waive", _("pengecualian")
    UNDO = "undo", _("pembatalan")


class MessageStatus(models.TextChoices):
    """What became of a message from a phone."""

    UNDERSTOOD = "understood", _("dimengerti")
    PARTLY = "partly", _("sebagian dimengerti")
    UNREAD = "unread", _("tidak dimengerti")
    REFUSED = "refused", _("tidak disimpan")
    STRANGER = "stranger", _("nomor belum terdaftar")
