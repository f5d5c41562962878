interface Hit {
  readonly name: string;
  readonly code: string;
  readonly place: string;
  readonly href: string;
}

/** Ctrl K: areas by name or code, from the address in data-palette (JSON: {hits: [{name, code, place, href}]}). */
export function startPalette(): void {
  const dialog = document.querySelector<HTMLDialogElement>("dialog[data-palette]");
  const input = dialog?.querySelector<HTMLInputElement>("input");
  const list = dialog?.querySelector<HTMLElement>("[role=listbox]");
  if (!dialog || !input || !list) return;
  const address = dialog.dataset["palette"] ?? "";
  let waiting = 0;
  let asked: AbortController | undefined;

  const select = (index: number): void => {
    const options = [...list.querySelectorAll<HTMLElement>("[role=option]")];
    options.forEach((option, n) => option.setAttribute("aria-selected", String(n === index)));
    options[index]?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[index]?.id ?? "");
  };
  const selected = (): number =>
    [...list.querySelectorAll("[role=option]")].findIndex((option) => option.getAttribute("aria-selected") === "true");

  const show = (hits: readonly Hit[]): void => {
    list.replaceChildren(
      ...hits.map((hit, n) => {
        const option = document.createElement("a");
        option.href = hit.href;
        option.id = `palet-${n}`;
        option.setAttribute("role", "option");
        option.tabIndex = -1;
        const name = document.createElement("strong");
        name.textContent = hit.name;
        const place = document.createElement("small");
        place.textContent = `${hit.place} ${hit.code}`.trim();
        option.append(name, place);
        return option;
      }),
    );
    select(0);
  };

  const ask = async (): Promise<void> => {
    const words = input.value.trim();
    asked?.abort();
    if (words.length < 2) {
      list.replaceChildren();
      return;
    }
    asked = new AbortController();
    try {
      const answer = await fetch(`${address}?${new URLSearchParams({ q: words })}`, {
        headers: { Accept: "application/json" },
        signal: asked.signal,
      });
      if (answer.ok) show(((await answer.json()) as { hits: Hit[] }).hits);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) list.replaceChildren();
    }
  };

  input.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => void ask(), 90);
  });
  input.addEventListener("keydown", (event) => {
    const count = list.querySelectorAll("[role=option]").length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (count) select((selected() + step + count) % count);
    }
    if (event.key === "Enter") {
      event.preventDefault();
      const option = list.querySelector<HTMLAnchorElement>("[aria-selected=true]");
      if (option) window.location.assign(option.href);
      else if (input.value.trim()) window.location.assign(`${address}?${new URLSearchParams({ q: input.value.trim() })}`);
    }
  });
  const open = (): void => {
    if (!dialog.open) dialog.showModal();
    input.focus();
    input.select();
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => {
    if ((event.target as HTMLElement).closest("[data-palette-open]") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      open();
    }
  });
}
