"""docs/pictures: what the README shows, taken from the running demo by a real browser. ``./run pictures``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: where, as whom, in which window."""

    name: str
    path: str
    role: str = ""
    width: int = 1280
    height: int = 800
    language: str = "id"


EVERY = (
    Picture("control-room", "/kendali/id-2024/ppwp/7322/", "kpu-ketua", height=1280),
    Picture("form", "/kendali/id-2024/ppwp/7322012001001/", "kpu-ketua", height=1100),
    Picture("public-results", "/hasil/id-2024/ppwp/7322/", language="en"),
    Picture("phone", "/hasil/id-2024/ppwp/732201/", width=360, height=740),
)


def main(words: Sequence[str]) -> int:
    """Builds a demo in a folder of its own, serves it, takes every picture (or those named).

    :returns: 1 where a page did something wrong
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satusuara.ops.settings")
    with tempfile.TemporaryDirectory(prefix="satusuara-pictures-") as folder:
        home = Path(folder)
        os.environ["SATUSUARA_HOME"] = str(home)
        import django

        django.setup()
        from tests.browser.site import PROGRAM, environment, served

        subprocess.run([*PROGRAM, "demo", "--no-serve"], env=environment(home), check=True)
        with served(home) as site:
            wrong = _take(site, [picture for picture in EVERY if not words or picture.name in words])
    sys.stderr.writelines(f"{one}\n" for one in wrong)
    return bool(wrong)


def _take(site: object, pictures: Sequence[Picture]) -> list[str]:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, sign_in
    from tools.house import chromium

    PICTURES.mkdir(exist_ok=True)
    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.installed(), args=[*ARGUMENTS])
        for picture in pictures:
            cookies = sign_in(site, browser, picture.role) if picture.role else None
            with browser.new_context(
                base_url=site.address,  # type: ignore[attr-defined]
                viewport={"width": picture.width, "height": picture.height},
                locale="id-ID" if picture.language == "id" else "en-GB",
                timezone_id="Asia/Makassar",
                storage_state=cookies,
                reduced_motion="reduce",
            ) as context:
                page = context.new_page()
                answer = page.goto(picture.path, wait_until="networkidle")
                if answer is None or not answer.ok:
                    wrong.append(f"{picture.path}: {answer.status if answer else 'no answer'}")
                    continue
                page.wait_for_timeout(800)  # a map draws after its data are there
                page.screenshot(path=PICTURES / f"{picture.name}.png")
        browser.close()
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
