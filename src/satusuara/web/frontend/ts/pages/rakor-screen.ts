// The projector: keys press the buttons that are on the page, committees are dragged onto barriers.
import { poll } from "./rakor-poll";

const screen = document.querySelector<HTMLElement>("#layar");

function part(of: ParentNode, name: string): HTMLElement | null {
  return of.querySelector<HTMLElement>(`[data-part="${name}"]`);
}

function say(text: string): void {
  document.dispatchEvent(new CustomEvent("satusuara:toast", { detail: { text } }));
}

if (screen) {
  const pulse = poll(
    screen.dataset["now"] ?? "",
    400,
    (html) => {
      const page = new DOMParser().parseFromString(html, "text/html").body;
      const slide = part(page, "slide");
      const tools = part(page, "tools");
      if (slide) part(screen, "slide")?.replaceWith(slide);
      const mine = part(screen, "tools");
      if (tools && mine && tools.dataset["key"] !== mine.dataset["key"]) mine.replaceWith(tools);
    },
    (yes) => screen.classList.toggle("is-lost", !yes),
  );

  const send = async (form: HTMLFormElement, button: HTMLElement | null): Promise<void> => {
    const data = new FormData(form, button);
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { "X-Satusuara": "1" }, redirect: "error" }).catch(() => null);
    const text = answer ? await answer.text() : (screen.dataset["lost"] ?? "");
    if (text) say(text);
    if (answer?.ok) {
      form.closest("details")?.removeAttribute("open");
      if (form.closest("details")) form.reset();
    }
    await pulse.ask();
  };

  screen.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-deed]")) return;
    event.preventDefault();
    void send(form, (event as SubmitEvent).submitter);
  });

  const typing = (target: EventTarget | null): boolean => target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  const openForm = (id: string, barrier = ""): void => {
    const details = document.querySelector<HTMLDetailsElement>(id);
    if (!details) return;
    details.open = true;
    const select = details.querySelector<HTMLSelectElement>("[name=barrier]");
    if (select && barrier) select.value = barrier;
    details.querySelector<HTMLElement>(barrier ? "[name=area]" : "select, input:not([type=hidden])")?.focus();
  };

  let digits = "";
  let wait = 0;
  const goTo = (): void => {
    const form = screen.querySelector<HTMLFormElement>(".slide-keys");
    if (!form || !digits) return;
    const data = new FormData(form);
    data.set("deed", "goto");
    data.set("number", digits);
    digits = "";
    void fetch(form.action, { method: "POST", body: data, headers: { "X-Satusuara": "1" } }).then(() => pulse.ask());
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const inside = event.target instanceof HTMLElement && event.target.closest("button, summary, a");
    if (event.key === " " && inside) return;
    const key = event.key === " " ? "ArrowRight" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (/^\d$/.test(key)) {
      digits = (digits + key).slice(-2);
      window.clearTimeout(wait);
      wait = window.setTimeout(goTo, 600);
    } else if (key === "t") openForm("#tugaskan");
    else if (key === "p") openForm("#putuskan");
    else if (key === "Enter" && event.target instanceof HTMLElement && event.target.dataset["barrier"]) openForm("#tugaskan", event.target.dataset["barrier"]);
    else {
      const button = [...screen.querySelectorAll<HTMLButtonElement>("[data-press]")].find((each) => each.dataset["press"] === key);
      if (!button) return;
      button.click();
    }
    event.preventDefault();
  });

  // --- a committee dragged onto a barrier answers for it by the barrier's own day ---
  screen.addEventListener("dragstart", (event) => {
    const area = (event.target as HTMLElement).dataset["area"];
    if (area) event.dataTransfer?.setData("text/plain", area);
  });
  const over = (event: Event): HTMLElement | null => (event.target as Element).closest<HTMLElement>("[data-barrier]");
  screen.addEventListener("dragover", (event) => {
    const slot = over(event);
    for (const lit of screen.querySelectorAll(".is-target")) if (lit !== slot) lit.classList.remove("is-target");
    if (!slot) return;
    slot.classList.add("is-target");
    event.preventDefault();
  });
  screen.addEventListener("drop", (event) => {
    const slot = over(event);
    const form = document.querySelector<HTMLFormElement>("#tugaskan form");
    if (!slot || !form) return;
    event.preventDefault();
    slot.classList.remove("is-target");
    const area = event.dataTransfer?.getData("text/plain") ?? "";
    const barrier = form.elements.namedItem("barrier") as HTMLSelectElement;
    const place = form.elements.namedItem("area") as HTMLSelectElement;
    barrier.value = slot.dataset["barrier"] ?? "";
    place.value = area;
    if (barrier.value && place.value) void send(form, null);
  });
}
