// Bundles the front end into ../static/build: styles, scripts, the map with its worker, fonts and one icon sprite.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "static", "build");

const common = {
  absWorkingDir: here,
  outdir: out,
  bundle: true,
  minify: true,
  target: ["es2022", "chrome109", "firefox115", "safari16"],
  logLevel: "warning",
  legalComments: "linked",
  assetNames: "fonts/[name]",
  loader: { ".woff2": "file" },
};

async function pageScripts() {
  const folder = join(here, "ts", "pages");
  if (!existsSync(folder)) return [];
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith(".ts")).map((name) => ({ in: `ts/pages/${name}`, out: `pages/${name.slice(0, -3)}` }));
}

/** One sprite with exactly the icons that icons.txt names: each a <symbol> of its own drawing. */
async function sprite() {
  const list = (await readFile(join(here, "icons.txt"), "utf8")).split("\n").map((line) => line.trim());
  const symbols = [];
  for (const name of list.filter((line) => line && !line.startsWith("#"))) {
    const svg = await readFile(join(here, "node_modules", "lucide-static", "icons", `${name}.svg`), "utf8");
    const drawing = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${drawing.replace(/\s*\n\s*/g, "")}</symbol>`);
  }
  await writeFile(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await Promise.all([
  esbuild.build({ ...common, format: "esm", entryPoints: [{ in: "ts/app.ts", out: "app" }, ...(await pageScripts())] }),
  esbuild.build({ ...common, format: "esm", entryPoints: [{ in: "ts/map.ts", out: "map" }] }),
  esbuild.build({
    ...common,
    format: "esm",
    entryPoints: [{ in: "maplibre-gl/dist/maplibre-gl-worker.mjs", out: "map-worker" }],
  }),
  esbuild.build({ ...common, entryPoints: [{ in: "css/app.css", out: "app" }, { in: "css/map.css", out: "map" }] }),
  sprite(),
]);
