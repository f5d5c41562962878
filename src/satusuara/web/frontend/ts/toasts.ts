interface Toast {
  readonly text: string;
  /** Address that takes the deed back, by POST; its word stands on the button. */
  readonly undo?: string;
  readonly undoWord?: string;
  readonly seconds?: number;
}

/**
 * Short news at the foot of the page. A server answer to htmx sends it in HX-Trigger:
 * {"satusuara:toast": {"text": "Disimpan.", "undo": "/…/", "undoWord": "Urungkan"}}
 */
export function startToasts(): void {
  const shelf = document.querySelector<HTMLElement>("[data-toasts]");
  if (!shelf) return;
  document.addEventListener("satusuara:toast", (event) => {
    const toast = (event as CustomEvent<Toast>).detail;
    const line = document.createElement("div");
    line.className = "toast";
    line.setAttribute("role", "status");
    line.append(document.createTextNode(toast.text));
    if (toast.undo) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = toast.undoWord ?? "Urungkan";
      button.addEventListener("click", () => {
        line.remove();
        const form = document.createElement("form");
        form.method = "post";
        form.action = toast.undo ?? "";
        const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]");
        if (token) form.append(token.cloneNode());
        document.body.append(form);
        form.submit();
      });
      line.append(button);
    }
    shelf.append(line);
    window.setTimeout(() => line.remove(), 1000 * (toast.seconds ?? (toast.undo ? 12 : 5)));
  });
}
