"""The LAN speaks HTTPS with the regency's own certificate, or says in one sentence what to do first."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from typer.testing import CliRunner

from satusuara.kernel.errors import Refusal
from satusuara.ops import serve, tls
from satusuara.ops.commands import app

NOW = datetime.now(UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    tls.init(tmp_path, name="KPU Luwu Utara", addresses=["127.0.0.1", "192.168.1.7"], names=["kpu.local"], at=NOW)
    return tmp_path


def test_a_browser_that_trusts_the_authority_trusts_the_server(home: Path) -> None:
    files = tls.require_ready(home, ["127.0.0.1"], at=NOW)
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.server, files.server_key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    trusting = ssl.create_default_context(cafile=str(files.ca))
    with urllib.request.urlopen(f"https://127.0.0.1:{server.server_port}/", context=trusting) as answer:
        assert answer.status == 200
    thread.join()
    server.server_close()


def test_the_authority_speaks_for_private_addresses_only(home: Path) -> None:
    certificate = x509.load_pem_x509_certificate((home / "tls/ca.crt").read_bytes())
    limits = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    assert limits.value.permitted_subtrees is not None
    with pytest.raises(Refusal, match="address-not-private"):
        tls.init(home, name="x", addresses=["8.8.8.8"], names=[], at=NOW)
    with pytest.raises(Refusal, match="address-not-private"):
        tls.init(home, name="x", addresses=["contoh"], names=[], at=NOW)


def test_the_authority_stays_when_the_server_s_certificate_is_renewed(home: Path) -> None:
    before = tls.fingerprint(tls.Files(home / "tls"))
    server = (home / "tls/server.crt").read_bytes()
    assert tls.init(home, name="lain", addresses=["10.0.0.5"], names=[], at=NOW) == before
    assert (home / "tls/server.crt").read_bytes() != server


def test_keys_are_the_owner_s_and_the_page_shows_the_fingerprint(home: Path) -> None:
    for key in ("ca.key", "server.key"):
        assert (home / "tls" / key).stat().st_mode & 0o777 == 0o600
    page = (home / "tls/trust.html").read_text()
    assert tls.fingerprint(tls.Files(home / "tls"))[:47] in page
    assert "192.168.1.7" in page


def test_the_lan_is_refused_until_there_is_a_certificate_that_fits(home: Path, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="tls-missing") as missing:
        tls.require_ready(tmp_path / "empty", [], at=NOW)
    assert "satusuara tls init" in missing.value.in_("id")
    with pytest.raises(Refusal, match="tls-other-address"):
        tls.require_ready(home, ["10.9.9.9"], at=NOW)
    with pytest.raises(Refusal, match="tls-expired"):
        tls.require_ready(home, [], at=NOW + timedelta(days=398))


def test_the_lan_s_addresses_become_hosts_and_https(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SATUSUARA_HOSTS", "kpu.local")
    monkeypatch.setenv("SATUSUARA_HTTPS", "")
    import os

    listening = serve.on_lan(home, 8443, ["192.168.1.7"], at=NOW)
    assert os.environ["SATUSUARA_HOSTS"] == "kpu.local,192.168.1.7"
    assert os.environ["SATUSUARA_HTTPS"] == "1"
    assert listening.address == "https://localhost:8443/"


def test_the_commands_refuse_and_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SATUSUARA_HOME", str(tmp_path))
    refused = CliRunner().invoke(app, ["serve", "--lan"])
    assert (refused.exit_code, "tls init" in refused.stderr) == (2, True)
    done = CliRunner().invoke(app, ["tls", "init", "--address", "192.168.1.7", "--json"])
    assert json.loads(done.stdout)["fingerprint"] == tls.fingerprint(tls.Files(tmp_path / "tls"))
