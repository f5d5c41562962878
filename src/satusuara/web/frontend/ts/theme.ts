const COOKIE = "rupa";

function isDark(): boolean {
  const chosen = document.documentElement.dataset["theme"];
  return chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Light or dark, kept in a cookie so that the server draws the next page right from its first pixel. */
export function startTheme(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-theme-toggle]")) {
    button.addEventListener("click", () => {
      const next = isDark() ? "light" : "dark";
      document.documentElement.dataset["theme"] = next;
      document.cookie = `${COOKIE}=${next === "dark" ? "gelap" : "terang"}; path=/; max-age=31536000; SameSite=Lax`;
      document.dispatchEvent(new CustomEvent("satusuara:theme"));
    });
  }
}
