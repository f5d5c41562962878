// The readiness pages without a network: the last seen page of one's own stations and what it is drawn with.
// Asked first is always the network; the reports themselves wait in IndexedDB (readiness-queue.ts), not here.
export {};

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Said extends Lasting {
  readonly data: { readonly user?: string; readonly page?: string };
}
interface Worker extends EventTarget {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
}

const worker = self as unknown as Worker;
const PAGES = "kesiapan-halaman-1";
const PARTS = "kesiapan-bagian-1";
const OWNER = "/kesiapan/pemilik";

worker.addEventListener("install", (event) => (event as Lasting).waitUntil(worker.skipWaiting()));

worker.addEventListener("activate", (event) => {
  const clean = async (): Promise<void> => {
    const names = (await caches.keys()).filter((name) => name.startsWith("kesiapan-") && ![PAGES, PARTS].includes(name));
    await Promise.all(names.map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  (event as Lasting).waitUntil(clean());
});

/** Pages belong to whoever looked at them: when somebody else signs in on this phone they are thrown away. */
async function belongTo(user: string, page: string): Promise<void> {
  const pages = await caches.open(PAGES);
  const owner = await (await pages.match(OWNER))?.text();
  if (owner !== user) await caches.delete(PAGES);
  const fresh = await caches.open(PAGES);
  await fresh.put(OWNER, new Response(user));
  if (!page) return;
  const answer = await fetch(page, { credentials: "same-origin" });
  if (answer.ok && !answer.redirected) await fresh.put(page, answer);
}

/** The address without its query: one page, however it was filtered. */
function plain(request: Request): string {
  const address = new URL(request.url);
  return address.origin + address.pathname;
}

async function fromNetworkFirst(name: string, request: Request): Promise<Response> {
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) {
      const copy = answer.clone();
      void caches.open(name).then((cache) => cache.put(plain(request), copy));
    }
    return answer;
  } catch (error) {
    const known = await (await caches.open(name)).match(plain(request));
    if (known) return known;
    throw error;
  }
}

worker.addEventListener("message", (event) => {
  const { user, page } = (event as Said).data;
  if (user) (event as Said).waitUntil(belongTo(user, page ?? "").catch(() => undefined));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event as Asked;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== worker.location.origin) return;
  const isPage = request.mode === "navigate" && /^\/kesiapan\/[^/]+\/[^/]+\/([A-Z]\/)?$/.test(address.pathname);
  const isPart = address.pathname.startsWith("/static/");
  if (isPage) (event as Asked).respondWith(fromNetworkFirst(PAGES, request));
  if (isPart) (event as Asked).respondWith(fromNetworkFirst(PARTS, request));
});
