/** A report as the phone keeps it. ``refused``: what the server said against it; sending it again would not help. */
export interface Report {
  readonly id: string;
  readonly user: string;
  readonly at: number;
  readonly address: string;
  readonly label: string;
  readonly gate: string;
  readonly condition: string;
  readonly note: string;
  readonly photo: Blob | null;
  readonly refused?: string;
}

export interface Outcome {
  readonly sent: number;
  readonly signedOut: boolean;
}

const STORE = "reports";

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("storage"));
  });
}

/**
 * Reports in IndexedDB, oldest first. Each has its own number: the server keeps one however often it is sent, so a lost
 * answer does no harm. A report leaves the phone only when the server has it, or its writer throws it away.
 */
export class Queue {
  private constructor(
    private readonly database: IDBDatabase,
    private readonly user: string,
    private readonly who: string,
  ) {}

  static async open(user: string, who: string): Promise<Queue> {
    const request = indexedDB.open("satusuara-kesiapan", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    const database = await done(request);
    void navigator.storage?.persist?.();
    return new Queue(database, user, who);
  }

  /** Resolves when the report lies on the disk of the phone. */
  add(report: Omit<Report, "id" | "user" | "at">): Promise<void> {
    return this.write((store) => store.put({ ...report, id: crypto.randomUUID(), user: this.user, at: Date.now() }));
  }

  remove(id: string): Promise<void> {
    return this.write((store) => store.delete(id));
  }

  async own(): Promise<Report[]> {
    return (await this.all()).filter((report) => report.user === this.user);
  }

  /** How many reports of other accounts lie on this phone. */
  async others(): Promise<number> {
    return (await this.all()).filter((report) => report.user !== this.user).length;
  }

  /** Sends what waits, one after another; what was refused only where ``again``. */
  async send(again: boolean): Promise<Outcome> {
    const waiting = (await this.own()).filter((report) => again || !report.refused);
    if (waiting.length === 0 || !navigator.onLine) return { sent: 0, signedOut: false };
    const token = await this.token();
    if (token === null) return { sent: 0, signedOut: false };
    if (token === "") return { sent: 0, signedOut: true };
    let sent = 0;
    for (const report of waiting) {
      const answer = await this.post(report, token);
      if (answer === null) break; // no network: the rest waits as well
      if (answer === "") {
        await this.remove(report.id);
        sent += 1;
      } else {
        await this.write((store) => store.put({ ...report, refused: answer }));
      }
    }
    return { sent, signedOut: false };
  }

  /** The token for sending; "" where this account is not signed in, null without a network. */
  private async token(): Promise<string | null> {
    try {
      const answer = await fetch(this.who, { cache: "no-store", headers: { Accept: "application/json" } });
      if (answer.status >= 500) return null;
      if (!answer.headers.get("Content-Type")?.includes("json")) return "";
      const said = (await answer.json()) as { user?: string; token?: string };
      return said.user === this.user ? (said.token ?? "") : "";
    } catch {
      return null;
    }
  }

  /** "" when the server has it, its sentence where it refuses, null where it should be tried again later. */
  private async post(report: Report, token: string): Promise<string | null> {
    const body = new FormData();
    body.set("deed", "lapor");
    body.set("keadaan", report.condition);
    body.set("catatan", report.note);
    body.set("nomor", report.id);
    body.set("saat", new Date(report.at).toISOString());
    if (report.photo) body.set("foto", report.photo, "foto.jpg");
    try {
      const answer = await fetch(report.address, {
        method: "POST",
        body,
        headers: { Accept: "application/json", "X-CSRFToken": token },
      });
      if (answer.ok) return answer.headers.get("Content-Type")?.includes("json") ? "" : null;
      if (answer.status >= 500 || answer.status === 429) return null;
      if (!answer.headers.get("Content-Type")?.includes("json")) return answer.status === 403 ? null : String(answer.status);
      const said = (await answer.json()) as { detail?: string };
      return said.detail ?? String(answer.status);
    } catch {
      return null;
    }
  }

  private async all(): Promise<Report[]> {
    const store = this.database.transaction(STORE).objectStore(STORE);
    return (await done(store.getAll() as IDBRequest<Report[]>)).sort((a, b) => a.at - b.at);
  }

  private write(change: (store: IDBObjectStore) => IDBRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(STORE, "readwrite", { durability: "strict" });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("storage"));
      change(transaction.objectStore(STORE));
    });
  }
}
