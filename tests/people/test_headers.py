"""What every answer tells the browser, and what the cookies may do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.people.world import World, visitors

PAGES = ("account_login", "people:account", "people:officers", "mfa_index")


@pytest.mark.parametrize("address", ["/masuk/", "/akun/", "/tidak-ada/", "/"])
def test_every_answer_carries_the_strict_headers(world: World, client: Client, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers, "plain HTTP promises nothing"


def test_a_wrong_host_is_refused_in_words(client: Client, db: None) -> None:
    refused = client.get("/", headers={"host": "evil.example"})
    assert refused.status_code == 400
    assert "default-src 'none'" in refused.headers["Content-Security-Policy"]


def test_pages_travel_small(world: World, client: Client) -> None:
    """A phone on a slow network gets a fraction of the bytes."""
    plain = client.get("/masuk/")
    packed = client.get("/masuk/", headers={"accept-encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2


def test_pages_carry_nothing_that_the_policy_would_block(world: World, client: Client, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    chair = next(v for v in visitors(world) if v.name == "kpu-ketua-kabupaten")
    client.force_login(chair.user, backend="django.contrib.auth.backends.ModelBackend")
    for name in PAGES:
        body = client.get(reverse(name), follow=True).content.decode()
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", body), name
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', body), name


def test_what_a_signed_in_person_sees_is_kept_in_no_cache(world: World, client: Client, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    chair = next(v for v in visitors(world) if v.name == "kpu-ketua-kabupaten")
    client.force_login(chair.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/akun/").headers["Cache-Control"] == "private, no-store"


def test_a_form_from_elsewhere_is_refused_in_words(world: World) -> None:
    answer = Client(enforce_csrf_checks=True).post("/masuk/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "Muat ulang halaman" in answer.content.decode()


@pytest.mark.parametrize("https", ["", "1"])
def test_under_https_cookies_travel_by_nothing_else_and_hsts_is_on(https: str, tmp_path: Path) -> None:
    script = (
        "from satusuara.ops import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.SESSION_COOKIE_HTTPONLY)"
    )
    environment = {**os.environ, "SATUSUARA_HTTPS": https, "SATUSUARA_HOME": str(tmp_path)}
    out = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()
    assert out == [str(bool(https))] * 3 + ["True"]


def test_an_instance_makes_its_own_key_once_for_its_owner_only(tmp_path: Path) -> None:
    script = "from satusuara.ops import settings as s; print(s.SECRET_KEY)"
    environment = {**os.environ, "SATUSUARA_HOME": str(tmp_path)}
    environment.pop("SATUSUARA_SECRET_KEY", None)
    command = [sys.executable, "-c", script]
    keys = {
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout for _ in range(2)
    }
    assert len(keys) == 1
    assert len(keys.pop().strip()) > 60
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
