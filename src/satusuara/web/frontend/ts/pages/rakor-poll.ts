// Asks each second whether anything changed; the answer is nearly always 304. One question at a time, none in the dark.

export interface Poll {
  /** Asks at once, and says when the answer is in place. */
  ask(): Promise<void>;
}

/** @param every milliseconds between two questions; @param place puts a changed state into the page */
export function poll(address: string, every: number, place: (html: string) => void, reached: (yes: boolean) => void): Poll {
  let tag = "";
  let running: Promise<void> | null = null;

  async function once(): Promise<void> {
    try {
      const answer = await fetch(address, {
        headers: tag ? { "If-None-Match": tag } : {},
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(5000),
      });
      if (answer.status === 200) {
        tag = answer.headers.get("ETag") ?? "";
        place(await answer.text());
      }
      reached(answer.ok || answer.status === 304);
    } catch {
      reached(false);
    }
  }
  const ask = (): Promise<void> => (running ??= once().finally(() => (running = null)));

  window.setInterval(() => {
    if (!document.hidden) void ask();
  }, every);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void ask();
  });
  return {
    async ask() {
      await running;
      await ask();
    },
  };
}
