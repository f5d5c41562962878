// Readiness on a phone: a report is written to the phone first, then sent; without a network it waits, with its age.
import { Queue, type Report } from "../readiness-queue";
import { shrink } from "../shrink-photo";

const page = document.querySelector<HTMLElement>("[data-readiness]");
const panel = document.querySelector<HTMLElement>("[data-queue-panel]");

/** Words of the page, in its language. */
const word = (name: string): string => panel?.dataset[name] ?? "";

function age(at: number): string {
  const minutes = Math.floor((Date.now() - at) / 60_000);
  if (minutes < 1) return word("seconds");
  const said = minutes < 120 ? word("minutes").replace("{n}", String(minutes)) : word("hours").replace("{n}", String(Math.floor(minutes / 60)));
  return word("age").replace("{age}", said);
}

function line(report: Report, discard: (id: string) => void): HTMLLIElement {
  const item = document.createElement("li");
  const name = document.createElement("strong");
  name.textContent = report.label;
  const said = document.createElement("span");
  said.textContent = report.refused ? `${word("refused")}: ${report.refused}` : `${word("waiting")}, ${age(report.at)}`;
  item.append(name, " ", said);
  if (report.refused) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet button-small";
    button.textContent = word("discard");
    button.addEventListener("click", () => discard(report.id));
    item.append(" ", button);
  }
  return item;
}

async function start(root: HTMLElement, shelf: HTMLElement): Promise<void> {
  const user = root.dataset["user"] ?? "";
  const queue = await Queue.open(user, root.dataset["who"] ?? "");
  const note = shelf.querySelector<HTMLElement>("[data-queue-note]");
  const say = (text: string): void => {
    if (note) note.textContent = text;
  };

  const draw = async (): Promise<readonly Report[]> => {
    const own = await queue.own();
    const others = await queue.others();
    shelf.hidden = own.length + others === 0;
    const count = shelf.querySelector("[data-queue-count]");
    if (count) count.textContent = String(own.length);
    const discard = (id: string): void => void queue.remove(id).then(draw);
    shelf.querySelector("[data-queue-list]")?.replaceChildren(...own.map((report) => line(report, discard)));
    if (others > 0) say(word("other"));
    for (const report of own) {
      const card = document.querySelector<HTMLElement>(`[data-gate="${report.gate}"] [data-state]`);
      if (card && !report.refused) card.textContent = word("stored");
    }
    return own;
  };

  let sending = false;
  const send = async (again: boolean): Promise<void> => {
    if (sending) return;
    sending = true;
    try {
      const outcome = await queue.send(again);
      say(outcome.signedOut ? word("signIn") : "");
      await draw();
      if (outcome.sent > 0) window.location.reload();
    } finally {
      sending = false;
    }
  };

  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-queue]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = (event as SubmitEvent).submitter as HTMLButtonElement | null;
      void keep(form, button).then(
        async () => {
          form.reset();
          await draw();
          await send(false);
        },
        () => {
          shelf.hidden = false;
          say(word("full"));
        },
      );
    });
  }

  async function keep(form: HTMLFormElement, button: HTMLButtonElement | null): Promise<void> {
    const typed = new FormData(form, button);
    const photo = typed.get("foto");
    await queue.add({
      address: form.action,
      label: form.dataset["label"] ?? "",
      gate: form.closest<HTMLElement>("[data-gate]")?.dataset["gate"] ?? "",
      condition: String(typed.get("keadaan") ?? ""),
      note: String(typed.get("catatan") ?? ""),
      photo: photo instanceof File && photo.size > 0 ? await shrink(photo) : null,
    });
  }

  shelf.querySelector("[data-queue-send]")?.addEventListener("click", () => void send(true));
  window.addEventListener("online", () => void send(false));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void send(false));
  const tick = async (): Promise<void> => {
    if ((await draw()).some((report) => !report.refused)) await send(false);
  };
  window.setInterval(() => void tick(), 20_000);
  if ((await draw()).length > 0) await send(false);
}

async function keepPages(root: HTMLElement): Promise<void> {
  const address = root.dataset["worker"];
  if (!address || !("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(address);
  await navigator.serviceWorker.ready;
  registration.active?.postMessage({ user: root.dataset["user"], page: window.location.pathname });
}

if (page && panel && window.isSecureContext && "indexedDB" in window) {
  void start(page, panel);
  void keepPages(page).catch(() => undefined); // without it pages need a network; reports wait all the same
} else {
  const insecure = document.querySelector<HTMLElement>("[data-queue-insecure]");
  if (insecure) insecure.hidden = false;
}
