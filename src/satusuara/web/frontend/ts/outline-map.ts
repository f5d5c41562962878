/** The drawn map and the list beside it light up together. Both are links; this only shows which belongs to which. */
export function startMap(root: ParentNode): void {
  for (const figure of root.querySelectorAll<HTMLElement>("[data-outline-map]:not([data-ready])")) {
    figure.dataset["ready"] = "";
    const label = figure.querySelector<HTMLElement>("[data-map-label]");
    const say = (code: string | undefined): void => {
      for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
      if (label) label.textContent = label.dataset["idle"] ?? "";
      if (!code) return;
      const shape = figure.querySelector<SVGElement>(`[data-area="${CSS.escape(code)}"]`);
      shape?.classList.add("lit");
      document.querySelector(`[data-row="${CSS.escape(code)}"]`)?.classList.add("lit");
      if (label && shape) label.textContent = (shape as SVGElement).dataset["said"] ?? "";
    };
    for (const kind of ["pointerover", "focusin"]) {
      figure.addEventListener(kind, (event) => say((event.target as Element).closest<SVGElement>("[data-area]")?.dataset["area"]));
      document.querySelector(`[data-rows="${figure.id}"]`)?.addEventListener(kind, (event) => {
        say((event.target as Element).closest<HTMLElement>("[data-row]")?.dataset["row"]);
      });
    }
    figure.addEventListener("pointerleave", () => say(undefined));
    figure.addEventListener("focusout", () => say(undefined));
  }
}
