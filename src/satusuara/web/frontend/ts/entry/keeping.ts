// Nothing typed is lost: every change is kept on this computer at once and on the server soon after.

export type Fields = Record<string, string>;

interface Kept {
  at: string;
  fields: Fields;
}

const PREFIX = "entri:";
const SENT = "entri-dikirim";
const PAUSE = 1500;
const RETRY = 15_000;

/** Keeps the fields of one form; ``state`` says how that goes. */
export class Keeping {
  #timer = 0;
  #dirty = false;

  constructor(
    private readonly key: string,
    private readonly address: string,
    private readonly fields: () => Fields,
    private readonly state: (state: "saved" | "local" | "refused", said?: string) => void,
  ) {
    const leave = (): void => {
      if (document.visibilityState === "hidden") void this.#send(true);
    };
    document.addEventListener("visibilitychange", leave);
    window.addEventListener("online", () => void this.#send(false));
  }

  /** What this computer kept of the form after the server last heard of it; null where the server knows as much. */
  newer(saved: string): Fields | null {
    try {
      const kept = JSON.parse(localStorage.getItem(PREFIX + this.key) ?? "null") as Kept | null;
      return kept && (!saved || Date.parse(kept.at) > Date.parse(saved)) ? kept.fields : null;
    } catch {
      return null;
    }
  }

  changed(): void {
    this.#dirty = true;
    const kept: Kept = { at: new Date().toISOString(), fields: this.fields() };
    try {
      localStorage.setItem(PREFIX + this.key, JSON.stringify(kept));
    } catch {
      // a full or forbidden store: the server still hears of it
    }
    this.#later(PAUSE);
  }

  /** The form is on its way: its copy here goes once another page shows that the server took it. */
  sent(): void {
    window.clearTimeout(this.#timer);
    this.#dirty = false;
    sessionStorage.setItem(SENT, this.key);
  }

  /** On a page that opens: forgets the copy of the form that was sent from the page before. */
  static settle(here: string): void {
    const before = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    if (before && before !== here) localStorage.removeItem(PREFIX + before);
  }

  #later(wait: number): void {
    window.clearTimeout(this.#timer);
    if (this.address) this.#timer = window.setTimeout(() => void this.#send(false), wait);
  }

  async #send(leaving: boolean): Promise<void> {
    if (!this.#dirty || !this.address) return;
    const token = document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
    this.#dirty = false;
    try {
      const answer = await fetch(this.address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify(this.fields()),
        keepalive: leaving,
      });
      if (answer.status === 409) {
        const said = (await answer.json()) as { said: string };
        this.state("refused", said.said);
      } else if (answer.ok) {
        this.state("saved");
      } else {
        throw new Error(String(answer.status));
      }
    } catch {
      this.#dirty = true;
      this.state("local");
      this.#later(RETRY);
    }
  }
}
