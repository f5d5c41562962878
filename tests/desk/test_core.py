"""The desk's core is the twin of the pollbook's: the same vectors of bytes, run by Node on the bundled TypeScript."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tools.build_frontend import find_node

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "src" / "satusuara" / "web" / "frontend"
VECTORS = ROOT / "src" / "satusuara" / "pollbook" / "vectors"


@pytest.mark.requirement(4, "1", "the same core in TypeScript for the desk, on shared vectors of bytes")
def test_the_desk_reads_and_writes_the_bytes_of_the_server(tmp_path: Path) -> None:
    bundle = tmp_path / "core.mjs"
    node = find_node()
    assert node is not None, "Node 20 or newer: ./run test brings it"
    bundling = (
        'import { build } from "esbuild"; await build({ entryPoints: ["ts/desk/core/index.ts"], bundle: true, '
        f'format: "esm", outfile: {json.dumps(str(bundle))}, logLevel: "error" }});'
    )
    subprocess.run([str(node), "--input-type=module", "-e", bundling], cwd=FRONTEND, check=True)
    done = subprocess.run(
        [str(node), "--test", str(Path(__file__).with_name("core.test.mjs"))],
        env={**os.environ, "DESK_CORE": bundle.as_uri(), "VECTORS": str(VECTORS)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    assert "# pass 12" in done.stdout
    assert "# fail 0" in done.stdout
