"""Devices enrolled and revoked. A key speaks for one place; a lost or restored device makes a new one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from satusuara.areas.models import Area
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.pollbook import keystore, payloads
from satusuara.pollbook.actions.held import retry_held
from satusuara.pollbook.choices import DeviceRole
from satusuara.pollbook.models import Device
from satusuara.pollbook.rules.keys import UnfitKey, device_id, load_public
from satusuara.pollbook.rules.manifests import Manifest, sign_manifest

MANAGE = Right.SETTINGS
"""The right to enrol and revoke devices, publish packets and decide on held segments."""
SPARE_FROM = 100


def enrol_device(
    *,
    scope: Scope,
    area: Area,
    public_key: bytes,
    role: str,
    valid_from: datetime,
    valid_to: datetime,
    at: datetime,
) -> Device:
    """A key may speak for ``area``; what it sent before and was held is taken in. The same call again: the same row.

    A spare (``area`` above the stations) may stand at any station below. Numbers of spares begin at 100.

    :raises Forbidden: without the right at the area
    :raises Refusal: ``key-unusable``, ``role-unknown``, ``ends-before-start``, ``device-elsewhere``, ``device-revoked``
    """
    scope.require(MANAGE, area)
    _require_fit(public_key, role, valid_from, valid_to)
    name = device_id(public_key).hex()
    with transaction.atomic():
        Area.objects.select_for_update().get(pk=area.pk)
        known = Device.objects.filter(device=name).first()
        if known is not None:
            return _same(known, area)
        numbers = set(Device.objects.filter(area=area).values_list("dev_ix", flat=True))
        first = SPARE_FROM if role == DeviceRole.SPARE else 0
        dev_ix = next(n for n in range(first, first + len(numbers) + 1) if n not in numbers)
        manifest = Manifest(area.election_id, area.code, public_key, dev_ix, role, _ms(valid_from), _ms(valid_to))
        row = Device.objects.create(
            election=area.election, area=area, device=name, public_key=public_key, dev_ix=dev_ix, role=role,
            valid_from=valid_from, valid_to=valid_to, enrolled_at=at, enrolled_by=scope.name,
            manifest=sign_manifest(keystore.secrets_of(area.election_id).commission_seed, manifest),
        )  # fmt: skip
        seal(at=at, by=scope.name, seals=[Seal("pollbook.enrol_device", "pollbook.device", name, payloads.device(row))])
    retry_held(scope=scope, device=row, at=at)
    return row


def revoke_device(*, scope: Scope, device: Device, reason: str, at: datetime) -> Device:
    """From now on the key's segments are held. What it brought before stays. Revoked again: nothing changes.

    :raises Forbidden: without the right at the device's area
    :raises Refusal: ``reason-missing``
    """
    scope.require(MANAGE, device.area)
    if not reason.strip():
        raise Refusal(
            "reason-missing",
            Text("Alasan pencabutan belum ditulis", "The reason for revoking is missing"),
            remedy=Text("Tulis apa yang terjadi dengan perangkat itu.", "Write what happened to the device."),
        )
    with transaction.atomic():
        row = Device.objects.select_for_update().select_related("area").get(pk=device.pk)
        if row.revoked_at is not None:
            return row
        row.revoked_at, row.revoked_by, row.revoke_reason = at, scope.name, reason.strip()
        row.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
        made = Seal("pollbook.revoke_device", "pollbook.device", row.device, payloads.device(row), reason.strip())
        seal(at=at, by=scope.name, seals=[made])
    return row


def _require_fit(public_key: bytes, role: str, valid_from: datetime, valid_to: datetime) -> None:
    try:
        load_public(public_key)
    except UnfitKey:
        raise Refusal(
            "key-unusable",
            Text("Kunci perangkat tidak boleh dipakai", "The device's key must not be used"),
            remedy=Text("Buat kunci baru pada perangkat itu.", "Make a new key on the device."),
        ) from None
    if role not in DeviceRole.values:
        raise Refusal("role-unknown", Text(f'Peran "{role}" tidak dikenal', f'There is no role "{role}"'))
    if valid_to <= valid_from:
        raise Refusal("ends-before-start", Text("Masa berlaku berakhir sebelum mulai", "It ends before it starts"))


def _same(known: Device, area: Area) -> Device:
    if known.area_id != area.pk:
        raise Refusal(
            "device-elsewhere",
            Text("Kunci ini sudah terdaftar untuk tempat lain", "This key is enrolled for another place"),
            remedy=Text("Pasang ulang perangkat: kunci baru dibuat.", "Set the device up again: it makes a new key."),
        )
    if known.revoked_at is not None:
        raise Refusal(
            "device-revoked",
            Text("Kunci ini sudah dicabut", "This key was revoked"),
            remedy=Text("Pasang ulang perangkat: kunci baru dibuat.", "Set the device up again: it makes a new key."),
        )
    return known


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
