// The small script of every page: everything here only helps; pages work without it.
import "htmx.org";
import { startMap } from "./outline-map";
import { startOffline } from "./offline";
import { startOverlays } from "./overlays";
import { startPalette } from "./palette";
import { startTheme } from "./theme";
import { startToasts } from "./toasts";

document.documentElement.classList.add("js");

/** Forms marked data-auto send themselves when a choice changes: filters above a list. */
function startAutoForms(): void {
  document.addEventListener("change", (event) => {
    const form = (event.target as HTMLElement).closest<HTMLFormElement>("form[data-auto]");
    if (form && (event.target as HTMLElement).matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });
  // an empty choice leaves no trace in the address
  document.addEventListener("formdata", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "get") return;
    for (const [name, value] of [...event.formData.entries()]) if (value === "") event.formData.delete(name);
  });
}

/** Pressing a button of a form twice sends it once. */
function startOnce(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset["sent"] === "yes") {
      event.preventDefault();
      return;
    }
    form.dataset["sent"] = "yes";
    window.setTimeout(() => delete form.dataset["sent"], 4000);
  });
}

function startCopy(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-copy]");
    if (!button) return;
    const field = document.querySelector<HTMLTextAreaElement>(button.dataset["copy"] ?? "");
    if (!field) return;
    field.select();
    void navigator.clipboard?.writeText(field.value).then(() => button.classList.add("copied"));
  });
}

startTheme();
startOverlays();
startPalette();
startToasts();
startOffline();
startAutoForms();
startOnce();
startCopy();
document.addEventListener("click", (event) => {
  if ((event.target as HTMLElement).closest("[data-print]")) window.print();
});
startMap(document);
document.addEventListener("htmx:after:swap", () => startMap(document));
document.querySelector<HTMLElement>("[data-focus]")?.focus();
