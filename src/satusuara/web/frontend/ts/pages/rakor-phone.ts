// A phone in a rakor: what the room looks at comes by itself; what is ticked and not yet sent is not lost.
import { poll } from "./rakor-poll";

const now = document.querySelector<HTMLElement>("#kini[data-now]");
const lost = document.querySelector<HTMLElement>("#putus");

if (now) {
  poll(
    now.dataset["now"] ?? "",
    1000,
    (html) => {
      const old = now.querySelector<HTMLElement>("[data-item]");
      const ticked = [...now.querySelectorAll<HTMLInputElement>("input[type=radio]:checked")].map((box) => [box.name, box.value] as const);
      const page = new DOMParser().parseFromString(html, "text/html").body;
      const fresh = page.querySelector<HTMLElement>("[data-item]");
      if (!fresh) return;
      const same = old?.dataset["item"] === fresh.dataset["item"] && old?.dataset["phase"] === fresh.dataset["phase"];
      now.replaceChildren(...page.childNodes);
      if (!same) return;
      for (const [name, value] of ticked) {
        const box = now.querySelector<HTMLInputElement>(`input[name="${name}"][value="${value}"]`);
        if (box) box.checked = true;
      }
    },
    (yes) => {
      if (lost) lost.hidden = yes;
    },
  );
}

// the code stands behind "#" in the QR of a slip: it never travels in an address
const code = document.querySelector<HTMLInputElement>("#code");
if (code && location.hash.length > 1) {
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  document.querySelector<HTMLInputElement>("#name")?.focus();
}
