// While an issue is written, what the register says already is shown beside it.
const field = document.querySelector<HTMLInputElement>("[data-mirip]");
const place = document.querySelector<HTMLElement>("#mirip[data-href]");

if (field && place) {
  let wait = 0;
  field.addEventListener("input", () => {
    window.clearTimeout(wait);
    wait = window.setTimeout(async () => {
      const said = new FormData();
      said.set("q", field.value); // by POST: what somebody writes stands in no log
      said.set("csrfmiddlewaretoken", field.form?.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "");
      const answer = await fetch(place.dataset["href"] ?? "", { method: "POST", body: said }).catch(() => null);
      if (!answer?.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html").body;
      place.replaceChildren(...page.childNodes);
    }, 350);
  });
}
export {};
