function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Dialogs opened by data-open="id", menus that close when one looks elsewhere, and the keys "?" and "/". */
export function startOverlays(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    const opener = target.closest<HTMLElement>("[data-open]");
    if (opener) {
      closeMenus();
      document.querySelector<HTMLDialogElement>(`#${CSS.escape(opener.dataset["open"] ?? "")}`)?.showModal();
      return;
    }
    if (target instanceof HTMLDialogElement) target.close(); // the veil around it
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
      if (!menu.contains(target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus(true);
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?") {
      event.preventDefault();
      document.querySelector<HTMLDialogElement>("#bantuan-tombol")?.showModal();
    }
    if (event.key === "/") {
      const filter = document.querySelector<HTMLInputElement>("[data-filter], main input[type=search]");
      if (filter) {
        event.preventDefault();
        filter.focus();
        filter.select();
      }
    }
  });
}

function closeMenus(andFocus = false): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
    menu.open = false;
    if (andFocus) menu.querySelector<HTMLElement>("summary")?.focus();
  }
}
