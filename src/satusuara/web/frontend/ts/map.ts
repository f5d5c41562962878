// The map that can be moved and enlarged. It stands on the drawn one: what is known of an area is read from there, and
// where WebGL or the outlines are missing the drawing simply stays.
import type { FeatureCollection, Geometry } from "geojson";
import { LngLatBounds, Map as Canvas, NavigationControl, setWorkerUrl } from "maplibre-gl";
import type { ExpressionSpecification, GeoJSONSource, MapMouseEvent } from "maplibre-gl";

interface Known {
  readonly band: number;
  readonly said: string;
  readonly href: string;
}
interface Named {
  code?: string;
  band?: number;
}
type Outlines = FeatureCollection<Geometry, Named>;

const BANDS = 5;
const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  id: {
    "NavigationControl.ZoomIn": "Perbesar",
    "NavigationControl.ZoomOut": "Perkecil",
    "NavigationControl.ResetBearing": "Utara ke atas",
    "Map.Title": "Peta",
    "CooperativeGesturesHandler.WindowsHelpText": "Ctrl + gulir untuk memperbesar peta",
    "CooperativeGesturesHandler.MacHelpText": "⌘ + gulir untuk memperbesar peta",
    "CooperativeGesturesHandler.MobileHelpText": "Pakai dua jari untuk menggeser peta",
  },
  en: {},
};

class AreaMap extends HTMLElement {
  private canvas: Canvas | undefined;
  private lit: string | undefined;
  private readonly known = new Map<string, Known>();
  private readonly onTheme = (): void => this.paint();

  connectedCallback(): void {
    const address = this.dataset["boundaries"];
    const figure = this.querySelector<HTMLElement>("[data-outline-map]");
    const drawing = figure?.querySelector<SVGElement>(":scope > svg");
    if (!address || !figure || !drawing || !canDraw()) return;
    for (const shape of drawing.querySelectorAll<SVGAElement>("[data-area]")) {
      const band = /band-(\d)/.exec(shape.getAttribute("class") ?? "")?.[1] ?? "0";
      const said = shape.dataset["said"] ?? "";
      this.known.set(shape.dataset["area"] ?? "", { band: Number(band), said, href: shape.getAttribute("href") ?? "" });
    }
    void this.start(address, figure, drawing).catch(() => this.stop(drawing));
  }

  disconnectedCallback(): void {
    document.removeEventListener("satusuara:theme", this.onTheme);
    this.canvas?.remove();
  }

  private async start(address: string, figure: HTMLElement, drawing: SVGElement): Promise<void> {
    const answer = await fetch(address, { headers: { Accept: "application/geo+json, application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const outlines = (await answer.json()) as Outlines;
    for (const feature of outlines.features) {
      const code = feature.properties.code ?? String(feature.id ?? "");
      feature.properties = { code, band: this.known.get(code)?.band ?? 0 };
    }
    const frame = document.createElement("div");
    frame.className = "map-canvas";
    figure.insertBefore(frame, drawing);
    setWorkerUrl(this.dataset["worker"] ?? "");
    const canvas = new Canvas({
      container: frame,
      style: { version: 8, sources: {}, layers: [] },
      bounds: boundsOf(outlines),
      fitBoundsOptions: { padding: 16 },
      attributionControl: false,
      cooperativeGestures: true,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      locale: { ...(WORDS[document.documentElement.lang] ?? {}), "Map.Title": drawing.getAttribute("aria-label") ?? "" },
    });
    canvas.touchZoomRotate.disableRotation();
    canvas.addControl(new NavigationControl({ showCompass: false }), "top-right");
    canvas.on("error", (event) => {
      if (!canvas.loaded()) this.stop(drawing);
      else console.warn(event.error.message);
    });
    canvas.once("load", () => {
      this.draw(canvas, outlines);
      drawing.classList.add("map-replaced");
      frame.dataset["ready"] = "";
    });
    this.canvas = canvas;
    document.addEventListener("satusuara:theme", this.onTheme);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.onTheme);
    this.listenToList(figure.id);
  }

  private stop(drawing: SVGElement): void {
    drawing.classList.remove("map-replaced");
    this.canvas?.remove();
    this.canvas = undefined;
    this.querySelector(".map-canvas")?.remove();
  }

  private draw(canvas: Canvas, outlines: Outlines): void {
    canvas.addSource("areas", { type: "geojson", data: outlines, promoteId: "code" });
    const solid: ExpressionSpecification = [">", ["get", "band"], 0];
    const isPoint: ExpressionSpecification = ["==", ["geometry-type"], "Point"];
    canvas.addImage("hatch", hatch(), { pixelRatio: 2 });
    canvas.addLayer({ id: "unknown", type: "fill", source: "areas", filter: ["!", solid], paint: { "fill-pattern": "hatch" } });
    canvas.addLayer({ id: "known", type: "fill", source: "areas", filter: solid });
    canvas.addLayer({ id: "edges", type: "line", source: "areas", layout: { "line-join": "round" } });
    canvas.addLayer({ id: "points", type: "circle", source: "areas", filter: isPoint, paint: { "circle-radius": 7 } });
    this.paint();
    for (const layer of ["known", "unknown", "points"]) {
      canvas.on("mousemove", layer, (event) => this.point(codeAt(event)));
      canvas.on("mouseleave", layer, () => this.point(undefined));
      canvas.on("click", layer, (event) => {
        const href = this.known.get(codeAt(event) ?? "")?.href;
        if (href) window.location.assign(href);
      });
    }
  }

  /** Colours of the tokens as they are now: light, dark, or changed while the map stands. */
  private paint(): void {
    const canvas = this.canvas;
    if (!canvas?.getLayer("known")) return;
    const tokens = getComputedStyle(document.documentElement);
    const token = (name: string): string => tokens.getPropertyValue(name).trim();
    const steps: (number | string)[] = [];
    for (let band = 1; band < BANDS; band += 1) steps.push(band, token(`--map-${band}`));
    const fill = ["match", ["get", "band"], ...steps, token("--map-0")] as unknown as ExpressionSpecification;
    const lit: ExpressionSpecification = ["boolean", ["feature-state", "lit"], false];
    canvas.setPaintProperty("known", "fill-color", fill);
    canvas.setPaintProperty("points", "circle-color", fill);
    canvas.setPaintProperty("points", "circle-stroke-width", 2);
    canvas.setPaintProperty("points", "circle-stroke-color", token("--text"));
    canvas.setPaintProperty("edges", "line-color", ["case", lit, token("--text"), token("--map-edge")]);
    canvas.setPaintProperty("edges", "line-width", ["case", lit, 3, 1]);
  }

  private point(code: string | undefined): void {
    if (code === this.lit || !this.canvas?.getSource<GeoJSONSource>("areas")) return;
    if (this.lit) this.canvas.setFeatureState({ source: "areas", id: this.lit }, { lit: false });
    for (const row of document.querySelectorAll("[data-row].lit")) row.classList.remove("lit");
    this.lit = code;
    this.canvas.getCanvas().classList.toggle("map-pointing", code !== undefined);
    const label = this.querySelector<HTMLElement>("[data-map-label]");
    if (label) label.textContent = (code && this.known.get(code)?.said) || (label.dataset["idle"] ?? "");
    if (!code) return;
    this.canvas.setFeatureState({ source: "areas", id: code }, { lit: true });
    document.querySelector(`[data-row="${CSS.escape(code)}"]`)?.classList.add("lit");
  }

  private listenToList(id: string): void {
    for (const kind of ["pointerover", "focusin"]) {
      document.addEventListener(kind, (event) => {
        const list = (event.target as Element).closest<HTMLElement>(`[data-rows="${CSS.escape(id)}"]`);
        if (list) this.point((event.target as Element).closest<HTMLElement>("[data-row]")?.dataset["row"]);
      });
    }
  }
}

function canDraw(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

function codeAt(event: MapMouseEvent & { features?: { properties: Named }[] }): string | undefined {
  return event.features?.[0]?.properties.code;
}

function boundsOf(outlines: Outlines): LngLatBounds {
  const bounds = new LngLatBounds();
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    const [lon, lat] = part as unknown[];
    if (typeof lon === "number" && typeof lat === "number") bounds.extend([lon, lat]);
    else part.forEach(walk);
  };
  for (const { geometry } of outlines.features) if (geometry && "coordinates" in geometry) walk(geometry.coordinates);
  return bounds;
}

/** Slanted lines for "nothing known": a sign that holds without colour. */
function hatch(): { width: number; height: number; data: Uint8Array } {
  const size = 16;
  const data = new Uint8Array(size * size * 4);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      data.set([139, 130, 120, (x + y) % size < 3 ? 170 : 45], (y * size + x) * 4);
    }
  }
  return { width: size, height: size, data };
}

customElements.define("area-map", AreaMap);
