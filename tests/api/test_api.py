"""What the API says, as a program reads it."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client

from tests.people.world import World, build_world, visitors

BASE = "/api/v1/elections/id-2024"
HERE, THERE = "7322012001001", "7322992001001"


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.REQUIRE_SECOND_FACTOR = False
    return build_world()


@pytest.fixture
def ppk(world: World) -> Client:
    client = Client(headers={"accept-language": "id"})
    user = next(one.user for one in visitors(world) if one.name == "ppk-ketua-kecamatan")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def got(client: Client, path: str, expected: int = 200, **query: str) -> Any:
    response = client.get(path if path.startswith("/") else f"{BASE}/{path}", query)
    assert response.status_code == expected, response.content
    return response.json()


@pytest.mark.requirement(2, "10", "the API has a document (OpenAPI), and what it tells is typed")
def test_the_document_is_openapi_and_leads_nowhere_else(world: World, client: Client) -> None:
    document = got(client, "/api/v1/openapi.json")
    assert document["openapi"].startswith("3.1")
    reading = {path: each for path, each in document["paths"].items() if path.startswith("/api/v1/elections")}
    assert len(reading) == 19
    for path, operations in reading.items():
        for method, operation in operations.items():
            assert method == "get"
            assert operation["summary"], path
            assert operation["description"], path
            assert operation["responses"]["200"], path
            assert "Problem" in str(operation["responses"]["404"]), path


def test_the_tree_is_walked_from_the_top(world: World, client: Client) -> None:
    (election,) = got(client, "/api/v1/elections")
    assert (election["code"], election["law"]) == ("id-2024", "id-2024")
    assert [level["code"] for level in got(client, BASE)["levels"]][-1] == "tps"
    top = got(client, "areas")
    assert [area["code"] for area in top["items"]] == ["73", "74"]
    assert [area["code"] for area in got(client, "areas/7322/children")["items"]] == ["732201", "732299"]
    assert [area["code"] for area in got(client, "areas/7322/children", page="2", page_size="1")["items"]] == ["732299"]
    assert [area["code"] for area in got(client, "areas/7322012001")["above"]] == ["73", "7322", "732201"]
    assert [area["code"] for area in got(client, "areas", q="Desa Kanan")["items"]] == ["7322992001"]
    contests = {contest["code"]: contest for contest in got(client, "contests")}
    assert [choice["column"] for choice in contests["ppwp"]["choices"]] == ["paslon_1", "paslon_2", "paslon_3"]
    assert "I2.j" in {identity["code"] for identity in got(client, "contests/ppwp/identities")}


@pytest.mark.requirement(2, "9", "published figures by area with the status of every figure, without a sign-in")
def test_published_figures_need_no_sign_in(world: World, client: Client) -> None:
    mark = world.marks[HERE]
    summaries = got(client, f"contests/ppwp/areas/{HERE[:10]}/summary")
    assert [(one["source"], one["status"], one["sums"]["paslon_1"]) for one in summaries] == [
        ("satu", "failing", mark), ("dua", "failing", mark + 17),
    ]  # fmt: skip
    below = got(client, f"contests/ppwp/areas/{HERE[:10]}/children")
    assert [(row["area"]["code"], [form["status"] for form in row["forms"]]) for row in below] == [
        (HERE, ["failing"] * 2)
    ]
    figures = got(client, f"contests/ppwp/areas/{HERE}/figures")
    assert [one["figures"]["paslon_1"] for one in figures["sources"]] == [mark, mark + 17]
    assert {one["column"] for one in figures["columns"] if one["differs"]} >= {"paslon_1", "valid", "total"}


@pytest.mark.requirement(2, "7", "forms, findings, comparisons and downloads need the right over the area")
@pytest.mark.parametrize(
    "what", ["forms", "form", "finding-counts", "export", "comparisons", "differences", "recap-differs"]
)
def test_the_rest_needs_the_right_over_the_area(what: str, world: World, client: Client, ppk: Client) -> None:
    query = {"source": "satu", "first": "satu", "second": "dua", "recap": "satu"}
    stranger = got(client, f"contests/ppwp/areas/{HERE}/{what}", 401, **query)
    outside = got(ppk, f"contests/ppwp/areas/{THERE}/{what}", 403, **query)
    assert stranger["code"] == outside["code"] == "not-your-area"
    assert outside["detail"].startswith("Anda tidak berwenang")
    assert ppk.get(f"{BASE}/contests/ppwp/areas/{HERE}/{what}", query).status_code == 200


def test_a_form_comes_with_versions_and_findings_in_sentences(world: World, ppk: Client) -> None:
    mark = world.marks[HERE]
    form = got(ppk, f"contests/ppwp/areas/{HERE}/form", source="satu")
    assert (form["status"], form["cells"]["paslon_1"], form["cells"]["dpt"]) == ("failing", mark, None)
    (version,) = form["versions"]
    assert (version["number"], version["file_name"], version["row"]) == (1, "satu.csv", 2)
    (finding,) = form["findings"]
    assert (finding["identity"], finding["difference"]) == ("I6", 1)
    assert finding["sentence"]["id"] != finding["sentence"]["en"]
    assert finding["consequence"]["id"]


def test_forms_are_filtered_sorted_and_cut(world: World, ppk: Client) -> None:
    at = "contests/ppwp/areas/732201/forms"
    listed = got(ppk, at, source="satu", status="failing", sort="-failures")
    assert (listed["count"], [one["area"]["code"] for one in listed["items"]]) == (1, [HERE])
    assert got(ppk, at, source="satu", status="empty")["items"] == []
    assert got(ppk, at, source="satu", identity="I6", q="Kiri")["count"] == 1
    assert got(ppk, at, source="satu", page="9")["items"] == []
    counts = {
        one["identity"]: one["forms"] for one in got(ppk, "contests/ppwp/areas/732201/finding-counts", source="satu")
    }
    assert counts["I6"] == 1


def test_differences_come_with_their_sentence(world: World, ppk: Client) -> None:
    (row,) = got(ppk, "contests/ppwp/areas/732201/differences", a="satu", b="dua", kind="net_nonzero")["items"]
    assert (row["votes"], row["cells"]) == (17, {"paslon_1": [world.marks[HERE], world.marks[HERE] + 17]})
    assert "lebih banyak 17 suara" in row["sentence"]["id"]
    (compared,) = got(ppk, "contests/ppwp/areas/732201/comparisons")
    assert (compared["a"], compared["b"], compared["net_nonzero"]) == ("satu", "dua", 1)


def test_the_export_is_the_table_that_import_reads(world: World, ppk: Client) -> None:
    response = ppk.get(f"{BASE}/contests/ppwp/areas/732201/export", {"source": "satu"})
    assert response.headers["Content-Type"].startswith("text/csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="id-2024-ppwp-732201-satu.csv"'
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    (line,) = csv.DictReader(io.StringIO(text))
    assert (line["tps_id"], line["paslon_1"], line["dpt"]) == (HERE, str(world.marks[HERE]), "")
    for ending, start in (("xlsx", b"PK"), ("parquet", b"PAR1")):
        made = ppk.get(f"{BASE}/contests/ppwp/areas/732201/export", {"source": "satu", "format": ending})
        assert b"".join(made.streaming_content).startswith(start)  # type: ignore[attr-defined]


@pytest.mark.requirement(2, "10", "every error is a code and a sentence, in the language asked for")
@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/elections/id-1955", 404, "election-unknown"),
        (f"{BASE}/areas/99", 404, "area-unknown"),
        (f"{BASE}/areas/..%2F..%2Fetc", 404, "not-found"),
        (f"{BASE}/contests/lurah/sources", 404, "law-contest-unknown"),
        (f"{BASE}/areas?page=0", 422, "parameter-unreadable"),
        (f"{BASE}/areas?page_size=100000", 422, "parameter-unreadable"),
        (f"{BASE}/areas?q=%00", 422, "parameter-unreadable"),
        ("/api/v1/tidak-ada", 404, "not-found"),
        ("/api/v2/elections", 404, "not-found"),
    ],
)
def test_an_error_is_a_code_and_a_sentence(path: str, status: int, code: str, world: World, client: Client) -> None:
    said = {}
    for language in ("id", "en"):
        response = client.get(path, headers={"accept-language": language})
        assert response.status_code == status
        said[language] = response.json()
    assert said["id"]["code"] == said["en"]["code"] == code
    assert set(said["id"]) == {"code", "detail"}
    assert said["id"]["detail"] != said["en"]["detail"]
