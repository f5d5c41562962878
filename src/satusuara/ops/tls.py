"""The regency's own certificate authority, so that phones on the LAN get the secure context that browsers demand.

The authority can speak for private addresses and local names only (X.509 name constraints): a stolen key opens no bank.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text

CA_YEARS, SERVER_DAYS = 10, 397
_PRIVATE = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "::1/128", "fc00::/7",
    "100.64.0.0/10",  # behind a carrier's translation (RFC 6598)
    "192.0.2.0/24",  # of test networks (RFC 5737)
)  # fmt: skip
_LOCAL = ("localhost", "local", "lan", "internal", "home.arpa")


@dataclass(frozen=True, slots=True)
class Files:
    """Where everything lies."""

    folder: Path

    @property
    def ca(self) -> Path:
        return self.folder / "ca.crt"

    @property
    def ca_key(self) -> Path:
        return self.folder / "ca.key"

    @property
    def server(self) -> Path:
        return self.folder / "server.crt"

    @property
    def server_key(self) -> Path:
        return self.folder / "server.key"

    @property
    def page(self) -> Path:
        return self.folder / "trust.html"


def lan_addresses() -> list[str]:
    """This machine's own private addresses, the one used towards the network first."""
    found: list[str] = []
    for target, family in (("10.255.255.255", socket.AF_INET), ("fd00::1", socket.AF_INET6)):
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((target, 9))  # sends nothing: only asks which address would be used
                found.append(probe.getsockname()[0])
            except OSError:
                continue
    return [one for one in dict.fromkeys(found) if _is_private(one)]


def init(home: Path, *, name: str, addresses: Sequence[str], names: Sequence[str], at: datetime) -> str:
    """Makes the authority once and a fresh certificate for this server; returns the authority's fingerprint.

    :raises Refusal: ``address-not-private`` for an address that the authority may not speak for
    """
    for address in addresses:
        _require_private(address)
    files = Files(home / "tls")
    files.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not files.ca.exists():
        _make_authority(files, name, at)
    _make_server(files, addresses, names, at)
    shown = fingerprint(files)
    _write(files.page, _trust_page(_read(files.ca).subject.rfc4514_string(), shown, addresses).encode(), 0o644)
    return shown


def fingerprint(files: Files) -> str:
    """SHA-256 of the authority's certificate, in pairs, as phones show it."""
    raw = hashlib.sha256(_read(files.ca).public_bytes(serialization.Encoding.DER)).hexdigest().upper()
    return ":".join(raw[n : n + 2] for n in range(0, len(raw), 2))


def require_ready(home: Path, addresses: Sequence[str], *, at: datetime) -> Files:
    """The files for a server on these addresses.

    :raises Refusal: ``tls-missing``, ``tls-expired`` or ``tls-other-address``, each with the remedy
    """
    files = Files(home / "tls")
    remedy = Text("Jalankan satusuara tls init, lalu ulangi.", "Run satusuara tls init, then try again.")
    if not (files.server.exists() and files.server_key.exists()):
        raise Refusal(
            "tls-missing",
            Text("Untuk jaringan setempat diperlukan sertifikat", "The LAN needs a certificate"),
            remedy=remedy,
        )
    certificate = _read(files.server)
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise Refusal(
            "tls-expired", Text("Sertifikat tidak berlaku lagi", "The certificate is no longer valid"), remedy=remedy
        )
    named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = {str(one) for one in named.get_values_for_type(x509.IPAddress)}
    if strange := [one for one in addresses if one not in known]:
        raise Refusal(
            "tls-other-address",
            Text(
                f"Sertifikat tidak memuat alamat {', '.join(strange)}",
                f"The certificate does not name {', '.join(strange)}",
            ),
            remedy=remedy,
        )
    return files


def _is_private(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    networks = map(ipaddress.ip_network, _PRIVATE)
    return any(found in network for network in networks if network.version == found.version)


def _require_private(address: str) -> None:
    if not _is_private(address):
        raise Refusal(
            "address-not-private",
            Text(f"{address} bukan alamat jaringan setempat", f"{address} is no private address"),
            remedy=Text(
                "Untuk alamat umum pakai sertifikat umum di depan sistem ini.",
                "For a public address put a public certificate in front of this system.",
            ),
        )


def _make_authority(files: Files, name: str, at: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} CA")])
    permitted: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_network(one)) for one in _PRIVATE]
    permitted += [x509.DNSName(one) for one in (*_LOCAL, _hostname())]
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        _begin(subject, subject, key.public_key(), at, timedelta(days=365 * CA_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_pair(files.ca, files.ca_key, certificate, key)


def _make_server(files: Files, addresses: Sequence[str], names: Sequence[str], at: datetime) -> None:
    authority, loaded = _read(files.ca), serialization.load_pem_private_key(files.ca_key.read_bytes(), None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise TypeError(f"not a key of ours: {files.ca_key}")
    key = ec.generate_private_key(ec.SECP256R1())
    known = dict.fromkeys(["localhost", _hostname(), *names])
    general: list[x509.GeneralName] = [x509.DNSName(one) for one in known]
    general += [x509.IPAddress(ipaddress.ip_address(one)) for one in dict.fromkeys(["127.0.0.1", "::1", *addresses])]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, addresses[0] if addresses else "localhost")])
    certificate = (
        _begin(subject, authority.subject, key.public_key(), at, timedelta(days=SERVER_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(general), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(loaded.public_key()), critical=False)
        .sign(loaded, hashes.SHA256())
    )
    _write_pair(files.server, files.server_key, certificate, key)


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime, lasting: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=24))  # clocks of phones lag
        .not_valid_after(at + lasting)
    )


def _hostname() -> str:
    kept = "".join(c for c in socket.gethostname().lower() if (c.isascii() and c.isalnum()) or c in "-.")
    return kept.strip("-.") or "satusuara"


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _write_pair(path: Path, key_path: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(key_path, encoded, 0o600)
    _write(path, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _write(path: Path, content: bytes, mode: int) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
    fresh.replace(path)


_STEPS = (
    Text(
        "Salin ca.crt ke ponsel atau komputer (USB atau Bluetooth; jangan lewat percakapan daring).",
        "Copy ca.crt to the phone or computer (USB or Bluetooth; not through an online chat).",
    ),
    Text(
        "Android: Setelan → Keamanan → Enkripsi dan kredensial → Pasang sertifikat → Sertifikat CA.",
        "Android: Settings → Security → Encryption and credentials → Install a certificate → CA certificate.",
    ),
    Text(
        "iPhone: buka berkas, Pengaturan → Profil Diunduh → Pasang; lalu Umum → Mengenai → Pengaturan Kepercayaan.",
        "iPhone: open the file, Settings → Profile Downloaded → Install; then General → About → Trust Settings.",
    ),
    Text(
        "Windows: klik dua kali, Pasang Sertifikat → Mesin Lokal → Otoritas Sertifikasi Akar Tepercaya.",
        "Windows: double-click, Install Certificate → Local Machine → Trusted Root Certification Authorities.",
    ),
    Text(
        "Bandingkan sidik jari yang tampil dengan yang di bawah ini, angka demi angka, sebelum menyetujui.",
        "Compare the fingerprint shown with the one below, figure by figure, before you agree.",
    ),
)


def _trust_page(subject: str, shown: str, addresses: Sequence[str]) -> str:
    """A sheet to print: whom to trust, by which fingerprint, and how, per device, in both languages."""
    halves = "<br>".join(escape(shown[n : n + 48].strip(":")) for n in (0, 48))
    steps = "".join(f"<li>{escape(one.id)}<br><i>{escape(one.en)}</i></li>" for one in _STEPS)
    where = ", ".join(f"https://{one}" for one in addresses) or "https://localhost"
    return (
        '<!doctype html><html lang="id"><meta charset="utf-8"><title>Kepercayaan jaringan setempat</title>'
        f"<h1>Kepercayaan jaringan setempat / <i>Trust on the local network</i></h1><p>{escape(subject)}</p>"
        f"<p>{escape(where)}</p><ol>{steps}</ol>"
        f"<h2>Sidik jari SHA-256 / <i>SHA-256 fingerprint</i></h2><pre>{halves}</pre></html>\n"
    )
