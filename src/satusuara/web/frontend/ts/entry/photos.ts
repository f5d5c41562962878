// Photos of a form: larger, smaller, turned, moved by hand, one or two beside each other. Keys work from any box.

const STEPS = [1, 1.5, 2, 3, 4.5];

class PhotoViewer extends HTMLElement {
  #zoom = 0;
  #turn = 0;
  #at = 0;
  #beside = false;
  #offset = { x: 0, y: 0 };

  connectedCallback(): void {
    this.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-do]");
      if (button) this.act(button.dataset["do"] ?? "");
    });
    const stage = this.#stage;
    stage?.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.act(event.deltaY < 0 ? "in" : "out");
    }, { passive: false });
    stage?.addEventListener("pointerdown", (event) => this.#drag(stage, event));
    this.#show();
  }

  get #stage(): HTMLElement | null {
    return this.querySelector(".viewer-stage");
  }

  get #photos(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".viewer-photo")];
  }

  act(what: string): void {
    const count = this.#photos.length;
    if (what === "in") this.#zoom = Math.min(STEPS.length - 1, this.#zoom + 1);
    if (what === "out") this.#zoom = Math.max(0, this.#zoom - 1);
    if (what === "turn") this.#turn = (this.#turn + 90) % 360;
    if (what === "next") this.#at = (this.#at + 1) % count;
    if (what === "before") this.#at = (this.#at + count - 1) % count;
    if (what === "beside" && count > 1) this.#beside = !this.#beside;
    if (this.#zoom === 0 || what === "next" || what === "before") this.#offset = { x: 0, y: 0 };
    this.#show();
  }

  #show(): void {
    const photos = this.#photos;
    const shown = new Set([this.#at, ...(this.#beside ? [(this.#at + 1) % photos.length] : [])]);
    const scale = STEPS[this.#zoom] ?? 1;
    photos.forEach((photo, n) => {
      photo.hidden = !shown.has(n);
      const image = photo.querySelector("img");
      if (image) {
        image.style.transform = `translate(${this.#offset.x}px, ${this.#offset.y}px) rotate(${this.#turn}deg) scale(${scale})`;
      }
    });
    this.classList.toggle("viewer-two", this.#beside);
    const said = this.querySelector("[data-at]");
    if (said) said.textContent = photos.length > 1 ? `${this.#at + 1}/${photos.length}` : "";
  }

  #drag(stage: HTMLElement, start: PointerEvent): void {
    if (start.button !== 0) return;
    const from = { ...this.#offset };
    stage.setPointerCapture(start.pointerId);
    const move = (event: PointerEvent): void => {
      this.#offset = { x: from.x + event.clientX - start.clientX, y: from.y + event.clientY - start.clientY };
      this.#show();
    };
    const end = (): void => {
      stage.removeEventListener("pointermove", move);
      stage.removeEventListener("pointerup", end);
      stage.removeEventListener("pointercancel", end);
    };
    stage.addEventListener("pointermove", move);
    stage.addEventListener("pointerup", end);
    stage.addEventListener("pointercancel", end);
  }
}

const KEYS: Record<string, string> = {
  "]": "in", "[": "out", "\\": "turn", PageDown: "next", PageUp: "before", "=": "beside",
};

customElements.define("photo-viewer", PhotoViewer);

/** Whether a key was for the photo. */
export function photoKey(key: string): boolean {
  const viewer = document.querySelector<PhotoViewer>("photo-viewer");
  const what = KEYS[key];
  if (!viewer || !what) return false;
  viewer.act(what);
  return true;
}
