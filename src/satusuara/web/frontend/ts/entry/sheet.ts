// The boxes of a form and how one moves among them: as the eye moves over the paper, never by the mouse.

import type { Law } from "./evaluate";

export const boxes = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>("#entri input.e-in")];

export const columnOf = (box: HTMLInputElement): string => box.name.slice(2);

export const boxOf = (column: string): HTMLInputElement | null =>
  document.querySelector<HTMLInputElement>(`#entri input.e-in[name="c.${CSS.escape(column)}"]`);

/** A box as it counts: a figure, a mark, nothing yet, or something that is neither. */
export function stateOf(box: HTMLInputElement, law: Law): "empty" | "figure" | "unreadable" | "blank" | "wrong" {
  const text = box.value.trim().toLowerCase();
  if (!text) return "empty";
  if (text === law.marks.unreadable || text === "?") return "unreadable";
  if (text === law.marks.blank) return "blank";
  return /^\d{1,6}$/.test(text) ? "figure" : "wrong";
}

export function step(from: HTMLInputElement, by: number): void {
  const all = boxes();
  const next = all[all.indexOf(from) + by];
  if (next) enter(next);
  else if (by > 0) nextStop();
}

/** After the last box: the first thing that still wants a word, else the button. */
function nextStop(): void {
  const open = [...document.querySelectorAll<HTMLInputElement>("[data-findings] input")].find((one) =>
    one.type === "checkbox" ? !one.checked : !one.value.trim(),
  );
  (open ?? document.querySelector<HTMLElement>("[data-finish]"))?.focus();
}

export function enter(box: HTMLInputElement): void {
  box.focus({ preventScroll: true });
  box.select();
  box.scrollIntoView({ block: "center", behavior: "instant" });
}

/** The box above or below in the same part of the form: arrows move over columns as over a table. */
export function across(from: HTMLInputElement, by: 1 | -1): boolean {
  const row = from.closest("tr");
  if (!row) return false;
  const beside = [...row.querySelectorAll<HTMLInputElement>("input.e-in")];
  const next = beside[beside.indexOf(from) + by];
  if (next) enter(next);
  return next !== undefined;
}

/** 0 for this box, where it is empty, and every empty one after it of the same party, up to its total. */
export function zeroRest(from: HTMLInputElement, law: Law): void {
  const column = columnOf(from);
  const party = law.parties.find((each) => each.lines.includes(column));
  if (!party) {
    if (!from.value.trim()) from.value = "0";
    step(from, 1);
    return;
  }
  for (const line of party.lines.slice(party.lines.indexOf(column))) {
    const box = boxOf(line);
    if (box && !box.value.trim()) box.value = "0";
  }
  const total = boxOf(party.total);
  if (total) enter(total);
}
