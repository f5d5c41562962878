"""The commission's public JSON as a source: taken as it is served, with nothing made up and nothing passed over."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from satusuara.areas.models import Election
from satusuara.count import queries
from satusuara.count.models import Form, FormVersion, RejectedRow, Source
from satusuara.count.published import LARGEST_ENTRY, read_published
from satusuara.kernel.errors import Refusal
from satusuara.law import load_law
from satusuara.ledger.verify import verify
from tests.count.regency import build_tree, counts, load, source_of, station
from tests.shared import shared

LAW = load_law("id-2024")
SAMPLE = "data/sirekap2024/raw_sample/sirekap_ppwp_1000_raw_json.zip"
PHOTO = "https://example.org/c-hasil-1.jpg"


def served(votes: tuple[Any, ...] | None = (10, 20, 30), **changes: Any) -> dict[str, Any]:
    """A document with the keys of the public pages."""
    chart = dict(zip(("100025", "100026", "100027"), votes, strict=True)) | {"null": None} if votes else None
    parts = {"suara_sah": 60, "suara_tidak_sah": 2, "suara_total": 62, "pengguna_total_j": 62}
    made = {
        "chart": chart, "administrasi": parts, "images": [PHOTO], "psu": None, "ts": "2024-02-15 15:00:29",
        "status_suara": True, "status_adm": True,
    }  # fmt: skip
    return made | changes


def archive(folder: Path, *entries: tuple[str, Any], name: str = "sirekap.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as into:
        for entry, content in entries:
            into.writestr(entry, content if isinstance(content, str | bytes) else json.dumps(content))
    return path


@pytest.fixture
def election(db: None) -> Election:
    return build_tree([station(n) for n in (1, 2, 3)])


@pytest.fixture
def sirekap(election: Election) -> Source:
    return source_of(election)


@pytest.mark.requirement(6, "5", "the commission's public JSON comes in as served: figures, photos, time, notes")
def test_a_served_form_comes_in_with_what_stands_beside_it(sirekap: Source, tmp_path: Path) -> None:
    outcome = load(sirekap, archive(tmp_path, (f"a/b/{station(1)}.json", served())))
    assert counts(outcome) == (1, 0, 0, 0)
    version = FormVersion.objects.get()
    assert {name: value for name, value in version.cells.items() if value is not None} == {
        "valid": 60, "invalid": 2, "total": 62, "voters": 62, "paslon_1": 10, "paslon_2": 20, "paslon_3": 30,
    }  # fmt: skip
    assert version.source_time == "2024-02-15 15:00:29"
    assert version.published == {"images": [PHOTO], "notes": {"status_suara": True, "status_adm": True}}
    assert queries.version_payload(version, station(1))["published"] == version.published
    assert verify().problems == []


def test_what_is_not_yet_served_is_a_blank_and_no_zero(sirekap: Source, tmp_path: Path) -> None:
    load(sirekap, archive(tmp_path, (f"{station(1)}.json", served(None, administrasi=None))))
    assert set(FormVersion.objects.get().cells.values()) == {None}
    assert Form.objects.get().status == "empty"


def test_the_same_figures_with_another_time_make_no_version(sirekap: Source, tmp_path: Path) -> None:
    load(sirekap, archive(tmp_path, (f"{station(1)}.json", served())))
    later = load(sirekap, archive(tmp_path, (f"{station(1)}.json", served(ts="2024-02-16 08:00:00")), name="b.zip"))
    assert counts(later) == (0, 0, 1, 0)
    changed = load(sirekap, archive(tmp_path, (f"{station(1)}.json", served((10, 21, 29))), name="c.zip"))
    assert counts(changed) == (0, 1, 0, 0)
    assert FormVersion.objects.count() == 2


@pytest.mark.requirement(6, "5", "a damaged, doubled or unknown public JSON is held back and named; the others load")
def test_what_is_doubtful_is_held_back_and_the_rest_loads(sirekap: Source, tmp_path: Path) -> None:
    bad = served((10, 20, -3))
    no_numbers = {"suara_sah": 1.5, "suara_total": "62", "suara_tidak_sah": True}
    strange = served() | {"chart": {"100025": 1, "100026": 2, "100027": 3, "100099": 4}}
    path = archive(
        tmp_path,
        (f"{station(1)}.json", served()),
        (f"{station(2)}.json", bad),
        (f"x/{station(3)}.json", served()),
        (f"y/{station(3)}.json", served()),
        ("7322012001777.json", served()),
        ("7322012001778.json", '{"chart": {"100025": 1'),
        ("7322012001779.json", strange),
        ("7322012001780.json", b" " * (LARGEST_ENTRY + 1)),
        ("../../etc/7322012001781.json", served(administrasi=no_numbers)),
        ("catatan.txt", "not a form"),
    )  # fmt: skip
    outcome = load(sirekap, path)
    assert counts(outcome) == (1, 0, 0, 8)
    held = {(r.row, r.column.split(": ")[-1]) for r in RejectedRow.objects.all()}
    assert held == {
        (2, "chart.100027"), (3, "tps_id"), (4, "tps_id"), (5, "tps_id"), (6, "7322012001778.json"),
        (7, "chart.100099"), (8, "7322012001780.json"), (9, "administrasi.suara_sah"),
        (9, "administrasi.suara_total"), (9, "administrasi.suara_tidak_sah"),
    }  # fmt: skip


def test_only_addresses_are_kept_as_photos(tmp_path: Path) -> None:
    images = [PHOTO, "javascript:alert(1)", 'https://a/"><script>', 7, None]
    read = read_published(LAW, "ppwp", archive(tmp_path, (f"{station(1)}.json", served(images=images))))
    assert [form.published for form in read.forms()] == [
        {"images": [PHOTO], "notes": {"status_suara": True, "status_adm": True}}
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.zip", b"PK\x03\x04 cut off", "file-unreadable"),
        ("b.zip", None, "published-empty"),
        ("gone.zip", False, "file-missing"),
    ],
)
def test_a_file_without_forms_is_refused(tmp_path: Path, name: str, content: bytes | bool | None, code: str) -> None:
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is None:
        archive(tmp_path, ("leeg.txt", "x"), name=name)
    with pytest.raises(Refusal) as refused:
        read_published(LAW, "ppwp", path)
    assert refused.value.code == code


def test_a_contest_of_which_the_law_knows_no_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        read_published(LAW, "dpr", archive(tmp_path, ("a.json", {})))
    assert refused.value.code == "published-unknown"


def test_one_json_is_named_by_the_name_under_which_it_was_sent(sirekap: Source, tmp_path: Path) -> None:
    path = tmp_path / "0f3a.json"
    path.write_text(json.dumps(served()))
    outcome = load(sirekap, path, file_name=f"{station(2)}.json")
    assert counts(outcome) == (1, 0, 0, 0)
    assert Form.objects.get().area.code == station(2)


@pytest.mark.requirement(
    6, "5", "a thousand real public JSON files: every one read, none held back, sums as counted apart"
)
def test_the_real_sample_is_read_whole() -> None:
    path = shared(SAMPLE)
    read = read_published(LAW, "ppwp", path)
    found = list(read.forms())
    assert (read.rows, len(found), read.rejected) == (1000, 1000, 0)
    with zipfile.ZipFile(path) as files:
        documents = [json.loads(files.read(name)) for name in files.namelist() if name.endswith(".json")]
    for key, column in (("100025", "paslon_1"), ("100026", "paslon_2"), ("100027", "paslon_3")):
        expected = sum((one["chart"] or {}).get(key) or 0 for one in documents)
        assert sum(form.fields[column] or 0 for form in found) == expected > 0
    valid = sum((one["administrasi"] or {}).get("suara_sah") or 0 for one in documents)
    assert sum(form.fields["valid"] or 0 for form in found) == valid
    assert sum(form.fields["paslon_1"] is not None for form in found) == 461
    photos = sum(1 for one in documents for image in one["images"] if image)
    assert sum(len((form.published or {}).get("images", [])) for form in found) == photos > 1000
