// Typing a form: keys, findings while one types, words beside figures, and everything kept.

import { type Figures, type Finding, type Law, findings, read, say } from "../entry/evaluate";
import { type Fields, Keeping } from "../entry/keeping";
import { photoKey } from "../entry/photos";
import { across, boxes, boxOf, columnOf, enter, stateOf, step, zeroRest } from "../entry/sheet";

interface Note {
  as_written: boolean;
  reason: string;
}

interface Data {
  said: Record<string, string>;
  notes: Record<string, Note>;
  wrong: string[];
  draft: string;
  key: string;
  saved: string;
  known: Record<string, number | string>;
}

const form = document.querySelector<HTMLFormElement>("#entri");

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (photoKey(event.key)) event.preventDefault();
  else if (event.key === "n") document.querySelector<HTMLAnchorElement>("a[data-next]")?.click();
});

const word = (name: string): string =>
  document.querySelector<HTMLTemplateElement>("#kata")?.content.querySelector(`[data-word="${name}"]`)?.textContent ?? "";

class Typing {
  readonly #law: Law;
  readonly #said: Map<string, string>;
  readonly #notes: Map<string, Note>;
  readonly #keeping: Keeping;
  readonly #list = document.querySelector<HTMLElement>("[data-findings]");

  constructor(
    private readonly form: HTMLFormElement,
    private readonly data: Data,
    law: Law,
  ) {
    this.#law = law;
    this.#said = new Map(Object.entries(data.said));
    this.#notes = new Map(Object.entries(data.notes));
    this.#keeping = new Keeping(data.key, data.draft, () => this.#fields(), (state, said) => this.#kept(state, said));
    const newer = this.#keeping.newer(data.saved);
    if (newer && data.draft && data.wrong.length === 0) this.#restore(newer);
    form.addEventListener("keydown", (event) => this.#key(event));
    form.addEventListener("input", (event) => this.#input(event));
    form.addEventListener("submit", () => this.#keeping.sent());
    for (const column of this.#said.keys()) this.#wordsBox(column);
    for (const take of form.querySelectorAll<HTMLButtonElement>("[data-take]")) {
      take.addEventListener("click", () => this.#take(take));
    }
    this.#draw();
    for (const column of data.wrong) boxOf(column)?.classList.add("e-wrong");
    const first = data.wrong.map(boxOf).find(Boolean) ?? boxes().find((box) => !box.value.trim()) ?? boxes()[0];
    if (first && !document.querySelector(".error-summary")) enter(first);
  }

  #take(button: HTMLButtonElement): void {
    const box = boxOf(button.dataset["take"] ?? "");
    if (!box) return;
    box.value = button.dataset["value"] ?? "";
    const said = button.dataset["said"] ?? "";
    if (said) {
      this.#said.set(columnOf(box), said);
      this.#wordsBox(columnOf(box));
    }
    this.#changed();
    enter(box);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.form.requestSubmit();
      return;
    }
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!box.classList.contains("e-in")) {
      if (event.key === "Enter" && box.type !== "file") {
        event.preventDefault();
        this.#onward(box);
      }
      return;
    }
    if (this.#boxKey(event, box)) event.preventDefault();
  }

  /** From one answer about a finding to the next, and last to the button. */
  #onward(from: HTMLInputElement): void {
    if (from.classList.contains("e-said")) {
      const box = boxOf(from.name.slice(2));
      if (box) step(box, 1);
      return;
    }
    if (from.type === "checkbox") from.checked = true;
    this.#answered(from);
    const answers = [...this.form.querySelectorAll<HTMLInputElement>("[data-findings] input")];
    const next = answers[answers.indexOf(from) + 1] ?? this.form.querySelector<HTMLElement>("[data-finish]");
    next?.focus();
  }

  #boxKey(event: KeyboardEvent, box: HTMLInputElement): boolean {
    const { key } = event;
    if (key === "Enter" || key === "ArrowDown") step(box, 1);
    else if (key === "ArrowUp") step(box, -1);
    else if (key === "ArrowRight" && box.selectionEnd === box.value.length) return across(box, 1);
    else if (key === "ArrowLeft" && (box.selectionStart === 0 || box.selectionEnd !== box.selectionStart)) return across(box, -1);
    else if (key === "." || key === ",") {
      zeroRest(box, this.#law);
      this.#changed();
    } else if (/^[xX?]$/.test(key) || key === this.#law.marks.blank) {
      box.value = key === this.#law.marks.blank ? key : this.#law.marks.unreadable;  // Enter alone moves on
      this.#changed();
    } else if (/^[tT]$/.test(key)) this.#askWords(columnOf(box));
    else if (photoKey(key)) return true;
    else return key.length === 1 && !/^\d$/.test(key);
    return true;
  }

  #input(event: Event): void {
    const input = event.target as HTMLInputElement;
    if (input.classList.contains("e-in")) input.classList.remove("e-wrong");
    else if (input.classList.contains("e-said")) this.#said.set(input.name.slice(2), input.value);
    else this.#answered(input);
    this.#changed(input.classList.contains("e-in") || input.classList.contains("e-said"));
  }

  #answered(input: HTMLInputElement): void {
    const code = input.closest<HTMLElement>("[data-code]")?.dataset["code"];
    if (!code) return;
    const note = this.#notes.get(code) ?? { as_written: false, reason: "" };
    this.#notes.set(code, input.type === "checkbox" ? { ...note, as_written: input.checked } : { ...note, reason: input.value });
  }

  #changed(draw = true): void {
    if (draw) this.#draw();
    this.#keeping.changed();
  }

  #fields(): Fields {
    const found: Fields = {};
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string" && /^[cwfr]\./.test(name) && value !== "") found[name] = value;
    }
    return found;
  }

  #restore(fields: Fields): void {
    let restored = false;
    for (const box of boxes()) {
      const kept = fields[box.name] ?? "";
      if (kept !== box.value) restored = true;
      box.value = kept;
    }
    for (const [name, value] of Object.entries(fields)) {
      if (name.startsWith("w.")) this.#said.set(name.slice(2), value);
      if (name.startsWith("r.")) {
        this.#notes.set(name.slice(2), { as_written: fields[`f.${name.slice(2)}`] === "1", reason: value });
      }
    }
    if (restored) {
      this.#status(word("restored"));
      this.#keeping.changed();
    }
  }

  // --- words ---

  #askWords(column: string): void {
    const input = this.#wordsBox(column);
    input?.focus();
    input?.select();
  }

  /** The box for the words on the paper: only where they do not say the figure. */
  #wordsBox(column: string): HTMLInputElement | null {
    const place = this.form.querySelector<HTMLElement>(`[data-words="${CSS.escape(column)}"]`);
    if (!place) return null;
    const there = place.parentElement?.querySelector<HTMLInputElement>(".e-said");
    if (there) return there;
    const input = document.createElement("input");
    input.className = "input e-said";
    input.name = `w.${column}`;
    input.value = this.#said.get(column) ?? "";
    input.maxLength = 200;
    input.autocomplete = "off";
    input.setAttribute("aria-label", word("words"));
    input.placeholder = word("words");
    input.addEventListener("blur", () => {
      if (input.value.trim()) return;
      this.#said.delete(column);
      input.remove();
      this.#changed();
    });
    place.after(input);
    return input;
  }

  // --- what is seen ---

  #figures(): Figures {
    const found = new Map<string, number>();
    for (const [column, value] of Object.entries(this.data.known)) if (typeof value === "number") found.set(column, value);
    for (const box of boxes()) if (stateOf(box, this.#law) === "figure") found.set(columnOf(box), Number(box.value));
    return found;
  }

  #draw(): void {
    const figures = this.#figures();
    const found = [...findings(this.#law, figures), ...this.#words(figures)];
    let left = 0;
    for (const box of boxes()) {
      const state = stateOf(box, this.#law);
      left += Number(state === "empty");
      box.dataset["state"] = state;
      box.setAttribute("aria-invalid", String(state === "wrong"));
      this.#sayWords(box, state);
    }
    const named = new Set(found.flatMap((one) => one.columns));
    for (const box of boxes()) box.closest(".e-box")?.classList.toggle("c-lit", named.has(columnOf(box)));
    this.#drawParties(figures, found);
    this.#drawFindings(found);
    this.#latest(found);
    const progress = document.querySelector<HTMLProgressElement>("[data-progress]");
    if (progress) {
      progress.max = boxes().length;
      progress.value = boxes().length - left;
    }
    const said = document.querySelector<HTMLElement>("[data-left]");
    if (said) said.textContent = left ? word("left").replace("{n}", String(left)) : word("full");
  }

  /** Where one types: what the box at hand, or the one before it, does not add up with. */
  #latest(found: readonly Finding[]): void {
    const place = document.querySelector<HTMLElement>("[data-latest]");
    if (!place) return;
    const all = boxes();
    const at = all.indexOf(document.activeElement as HTMLInputElement);
    const near = [all[at], all[at - 1]].flatMap((box) => (box ? [columnOf(box)] : []));
    const one = found.find((each) => near.some((column) => each.columns.includes(column)));
    place.textContent = one ? `≠ ${one.sentence}` : found.length ? `≠ ${found.length}` : "";
  }

  #sayWords(box: HTMLInputElement, state: string): void {
    const place = this.form.querySelector<HTMLElement>(`[data-words="${CSS.escape(columnOf(box))}"]`);
    if (!place) return;
    const { numerals } = this.#law;
    if (state === "figure") place.textContent = numerals ? say(numerals, Number(box.value)) : "";
    else place.textContent = state === "empty" ? "" : word(state);
  }

  /** Figures whose words say something else (I14). */
  #words(figures: Figures): Finding[] {
    const { numerals } = this.#law;
    if (!numerals) return [];
    const template = document.querySelector<HTMLElement>("#temuan")?.dataset["words"] ?? "";
    const found: Finding[] = [];
    for (const [column, words] of this.#said) {
      const figure = figures.get(column);
      if (!words.trim() || read(numerals, words) === (figure ?? null)) continue;
      const label = boxOf(column)?.getAttribute("aria-label") ?? column;
      const sentence = template
        .replace("{column}", label)
        .replace("{figure}", figure === undefined ? "–" : String(figure))
        .replace("{words}", words);
      found.push({ code: `I14.${column}`, hard: false, left: figure ?? -1, right: -1, sentence, columns: [column] });
    }
    return found;
  }

  #drawParties(figures: Figures, found: readonly Finding[]): void {
    for (const party of this.#law.parties) {
      const place = this.form.querySelector<HTMLElement>(`[data-party-state="${CSS.escape(party.code)}"]`);
      if (!place) continue;
      const full = [...party.lines, party.total].every((column) => figures.has(column));
      const wrong = found.some((one) => one.columns.includes(party.total) && one.columns.includes(party.lines[0] ?? ""));
      place.dataset["state"] = wrong ? "wrong" : full ? "holds" : "";
      place.textContent = wrong ? "≠" : full ? "✓" : "";
    }
  }

  #drawFindings(found: readonly Finding[]): void {
    const list = this.#list;
    if (!list) return;
    const there = new Map([...list.children].map((item) => [(item as HTMLElement).dataset["code"] ?? "", item as HTMLElement]));
    const items = found.map((one, n) => {
      const item = there.get(one.code) ?? this.#item(one);
      const number = item.querySelector(".finding-number");
      if (number) number.textContent = String(n + 1);
      const said = item.querySelector(".finding-said");
      if (said && said.textContent !== one.sentence) said.textContent = one.sentence;
      return item;
    });
    if (items.some((item, n) => list.children[n] !== item) || list.children.length !== items.length) list.replaceChildren(...items);
    const none = document.querySelector<HTMLElement>(".e-none");
    if (none) none.hidden = found.length > 0;
    const count = document.querySelector<HTMLElement>("[data-count]");
    if (count) count.textContent = found.length ? String(found.length) : "";
  }

  #item(one: Finding): HTMLElement {
    const words = document.querySelector<HTMLElement>("#temuan")?.dataset ?? {};
    const note = this.#notes.get(one.code);
    const item = document.createElement("li");
    item.className = one.hard ? "finding" : "finding finding-warn";
    item.dataset["code"] = one.code;
    const number = Object.assign(document.createElement("span"), { className: "finding-number finding-code" });
    const inside = document.createElement("div");
    inside.append(Object.assign(document.createElement("p"), { className: "finding-said" }));
    if (one.hard) {
      const label = Object.assign(document.createElement("label"), { className: "e-confirm" });
      const box = Object.assign(document.createElement("input"), { type: "checkbox", name: `f.${one.code}`, value: "1" });
      box.checked = note?.as_written ?? false;
      label.append(box, ` ${words["confirm"] ?? ""}`);
      inside.append(label);
    }
    const why = Object.assign(document.createElement("label"), { className: "e-why" });
    const text = document.createElement("span");
    text.textContent = (one.hard ? words["reasonHard"] : words["reasonSoft"]) ?? "";
    const input = Object.assign(document.createElement("input"), { className: "input", name: `r.${one.code}`, maxLength: 500 });
    input.value = note?.reason ?? "";
    why.append(text, input);
    inside.append(why);
    item.append(number, inside);
    return item;
  }

  #kept(state: "saved" | "local" | "refused", said = ""): void {
    this.#status(state === "refused" ? said : word(state));
  }

  #status(said: string): void {
    const place = document.querySelector<HTMLElement>("[data-saved]");
    if (place) place.textContent = said;
  }
}

const block = (id: string): unknown => JSON.parse(document.querySelector(id)?.textContent ?? "null");
const data = block("#entri-data") as Data | null;
const law = block("#entri-hukum") as Law | null;
Keeping.settle(data?.key ?? "");
if (form && data && law) new Typing(form, data, law);
