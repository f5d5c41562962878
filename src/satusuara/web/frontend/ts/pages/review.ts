// Two lines before a reviewer, by keyboard: 1 2 3 decide, A B say which line stays, Enter saves, J K walk.

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !target.matches("[type=radio]"));
}

const form = document.querySelector<HTMLFormElement>("#putusan-form");
const onlySame = form?.querySelector<HTMLFieldSetElement>("[data-only=same]");

/** Which line stays is asked only where both are one person. */
function follow(): void {
  if (!form || !onlySame) return;
  const same = new FormData(form).get("verdict") === "same";
  onlySame.hidden = !same;
  onlySame.disabled = !same;
}

function choose(key: string): boolean {
  const radio = form?.querySelector<HTMLInputElement>(`input[data-key="${CSS.escape(key)}"]`);
  if (!radio || radio.matches(":disabled")) return false;
  radio.checked = true;
  radio.focus();
  follow();
  return true;
}

function act(key: string): boolean {
  if (key === "j" || key === "k") {
    const link = document.querySelector<HTMLAnchorElement>(`main a[data-walk][rel=${key === "j" ? "next" : "prev"}]`);
    link?.click();
    return link !== null;
  }
  if (key === "Enter" && form) {
    form.requestSubmit();
    return true;
  }
  return choose(key);
}

form?.addEventListener("change", follow);
follow();
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const onControl = event.key === "Enter" && (event.target as HTMLElement).closest?.("a, button, summary");
  if (!onControl && act(event.key.length === 1 ? event.key.toLowerCase() : event.key)) event.preventDefault();
});

const ours = document.querySelector<HTMLTemplateElement>("#tombol-halaman");
const list = document.querySelector<HTMLElement>("#bantuan-tombol dl");
if (ours && list) list.append(...(ours.content.querySelector("dl")?.cloneNode(true).childNodes ?? []));
