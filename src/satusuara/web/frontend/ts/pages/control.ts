// The control room by keyboard, and the form whose figures light up with the finding that names them.

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("#daftar [data-row]")];

/** Moves the focus from row to row of the list; the link in it opens on Enter. */
function stepRow(by: 1 | -1): boolean {
  const all = rows();
  if (all.length === 0) return false;
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
  all[next]?.querySelector<HTMLElement>("a[href]")?.focus();
  return true;
}

function follow(selector: string): boolean {
  const link = document.querySelector<HTMLAnchorElement>(selector);
  link?.click();
  return link !== null;
}

function act(key: string): boolean {
  switch (key) {
    case "j":
      return follow("main a[rel=next][data-walk]") || stepRow(1);
    case "k":
      return follow("main a[rel=prev][data-walk]") || stepRow(-1);
    case "ArrowRight":
      return follow("main a[rel=next][data-walk]");
    case "ArrowLeft":
      return follow("main a[rel=prev][data-walk]");
    case "u":
      return follow("main .crumbs li:nth-last-child(2) a");
    case "f":
      return follow('main .tabs a[href*="/formulir/"]');
    case "s":
      return follow('main .tabs a[href*="/selisih/"]');
    default:
      return false;
  }
}

document.addEventListener("keydown", (event) => {
  const field = event.target as HTMLElement;
  if (field.matches?.("form.filters :is(input, select)")) {
    if (event.key === "Escape") field.blur();
    if (event.key === "ArrowDown" && field.matches("input") && stepRow(1)) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const scrolls = event.key.startsWith("Arrow") && (event.target as HTMLElement).closest?.(".table-frame");
  if (!scrolls && act(event.key)) event.preventDefault();
});

/** Pointing at a finding lights the boxes that it names, pointing at a box lights the findings that name it. */
function lightUp(view: HTMLElement): void {
  const say = (numbers: readonly string[]): void => {
    for (const lit of view.querySelectorAll(".is-lit")) lit.classList.remove("is-lit");
    view.classList.toggle("has-lit", numbers.length > 0);
    for (const number of numbers) {
      for (const part of view.querySelectorAll(`[data-finding~="${number}"], [data-note="${number}"], [data-rail="${number}"]`)) {
        part.classList.add("is-lit");
      }
    }
  };
  const named = (target: EventTarget | null): readonly string[] => {
    const part = (target as Element | null)?.closest<HTMLElement>("[data-note], [data-finding]");
    return (part?.dataset["note"] ?? part?.dataset["finding"] ?? "").split(" ").filter(Boolean);
  };
  view.addEventListener("pointerover", (event) => say(named(event.target)));
  view.addEventListener("pointerleave", () => say([]));
  view.addEventListener("focusin", (event) => say(named(event.target)));
  view.addEventListener("focusout", () => say([]));
}

for (const view of document.querySelectorAll<HTMLElement>(".form-view")) lightUp(view);

const ours = document.querySelector<HTMLTemplateElement>("#tombol-halaman");
const list = document.querySelector<HTMLElement>("#bantuan-tombol dl");
if (ours && list) list.append(...(ours.content.querySelector("dl")?.cloneNode(true).childNodes ?? []));
