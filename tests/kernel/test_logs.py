"""What reaches a log: what happened, never to whom."""

from __future__ import annotations

import io
import json
import logging
from logging.config import dictConfig
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from satusuara.kernel.logs import PERSONAL, drop_personal_fields, logging_config


def dropped(**event: Any) -> dict[str, Any]:
    return dict(drop_personal_fields(None, "", dict(event)))


@pytest.mark.parametrize("key", sorted(PERSONAL))
def test_a_personal_field_is_dropped_at_any_depth(key: str) -> None:
    assert dropped(event="x", **{key: "Siti"}) == {"event": "x"}
    assert dropped(event="x", more={key.upper(): "Siti", "rows": [{key: 1}]}) == {"event": "x", "more": {"rows": [{}]}}


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("NIK 7322011234567890 ganda", "NIK *** ganda"),
        ("TPS 7322012001001 masuk", "TPS 7322012001001 masuk"),  # a station's code has 13 digits
        ("Not Found: /masuk/atur/MQ/cw2-abc/", "Not Found: /masuk/atur/***"),
        ("GET /petugas/?cari=Siti HTTP/1.1", "GET /petugas/?*** HTTP/1.1"),
        ("from 192.168.1.20 port", "from *** port"),
    ],
)
def test_texts_are_masked(said: str, logged: str) -> None:
    assert dropped(event=said) == {"event": logged}


@given(st.from_regex(r"[a-z ]{0,9}\d{16}[a-z ]{0,9}", fullmatch=True))
def test_no_identity_number_is_ever_logged(text: str) -> None:
    digits = "".join(c for c in text if c.isdigit())
    assert digits not in dropped(event=text)["event"]


def test_a_library_that_logs_in_its_own_way_goes_through_the_same_door() -> None:
    stream = io.StringIO()
    config = logging_config("INFO")
    config["handlers"]["stderr"]["stream"] = stream
    kept = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        dictConfig(config)
        logging.getLogger("some.library").warning("failure from %s", "10.0.0.7", extra={"username": "siti"})
        structlog.get_logger("ours").info("refused", user_id=7, username="siti")
    finally:
        logging.getLogger().handlers[:], logging.getLogger().level = kept
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (first["event"], first["level"], first["logger"]) == ("failure from ***", "warning", "some.library")
    assert (second["event"], second["user_id"]) == ("refused", 7)
    assert "siti" not in stream.getvalue()
