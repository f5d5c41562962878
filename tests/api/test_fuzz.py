"""The API under schemathesis, inside this process: no answer is a fault, every answer is what the document says."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from satusuara.web.wsgi import application
from tests.people.world import build_world, visitors

EXAMPLES = 8
KNOWN = {
    "election": ["id-2024"],
    "contest": ["ppwp"],
    "area": ["732201", "7322012001001", "732299"],  # the chair's own, a station in it, and one that is not his
    "source": ["satu", "dua"],
    "first": ["satu", "dua"],
    "second": ["satu", "dua"],
    "recap": ["satu"],
}
"""Values that lead somewhere: without them every address that is tried would lead nowhere."""
PARAMETERLESS = "/elections"
READING = "/api/v1/elections"


@pytest.fixture
def world(db: None, settings: Any) -> Any:
    settings.REQUIRE_SECOND_FACTOR = False
    return build_world()


def document() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


def narrowed(schema: Any) -> Any:
    """The document with values that exist for what names things."""
    for operations in schema.raw_schema["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] in KNOWN:
                    parameter["schema"] = {"type": "string", "enum": KNOWN[parameter["name"]]}
    return schema


def cookies(world: Any, who: str) -> dict[str, str]:
    """What a browser of this visitor sends."""
    visitor = next(one for one in visitors(world) if one.name == who)
    if isinstance(visitor.user, AnonymousUser):
        return {}
    client = Client()
    client.force_login(visitor.user, backend="django.contrib.auth.backends.ModelBackend")
    return {name: morsel.value for name, morsel in client.cookies.items()}


def fuzz(schema: Any, mode: GenerationMode, sent: dict[str, str]) -> set[tuple[str, int]]:
    """Tries every operation; gives which statuses each answered."""
    seen: set[tuple[str, int]] = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        if not operation.path.startswith(READING):
            continue  # what a chapter takes in is tried by its own tests
        if mode == GenerationMode.NEGATIVE and operation.path.endswith(PARAMETERLESS):
            continue  # nothing can be wrong with it

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def tried(case: Any) -> None:
            response = case.call(cookies=sent, headers={"Accept-Encoding": "identity"})  # its client unpacks nothing
            case.validate_response(response)
            seen.add((case.operation.path, response.status_code))

        tried()
    return seen


@pytest.mark.requirement(
    2, "10", "the API fuzzed with schemathesis as the public and as a PPK chair: no fault, as documented"
)
@pytest.mark.filterwarnings("ignore:Exception ignored in")  # the tool's own client leaves streamed files open
@pytest.mark.parametrize("who", ["stranger", "ppk-ketua-kecamatan"])
def test_every_operation_answers_as_documented(who: str, world: Any) -> None:
    seen = fuzz(narrowed(document()), GenerationMode.POSITIVE, cookies(world, who))
    answered = {path for path, _ in seen}
    good = {path for path, status in seen if status == 200}
    refused = {path for path, status in seen if status in (401, 403)}
    assert len(answered) == 19
    if who == "stranger":
        assert refused == {path for path in answered if path.endswith(GUARDED)}
        assert good == answered - refused
    else:
        assert good == answered
        assert {path for path, status in seen if status == 403} <= refused


GUARDED = ("/forms", "/form", "/finding-counts", "/export", "/comparisons", "/differences", "/recap-differs")


@pytest.mark.requirement(
    2, "10", "what the document does not allow is refused with a code and a sentence, never a fault"
)
def test_what_the_document_does_not_allow_is_refused(world: Any) -> None:
    seen = fuzz(document(), GenerationMode.NEGATIVE, cookies(world, "ppk-ketua-kecamatan"))
    assert seen
    assert all(400 <= status < 500 for _, status in seen)
