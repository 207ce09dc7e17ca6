import { vi } from "vitest";

const addressOf = (request: RequestInfo | URL) => new URL(request instanceof Request ? request.url : request, window.location.origin).href;

// Caches as browsers have them. Returns what they contain, by the name of the cache and the address.
export function serveCaches() {
  const stores = new Map<string, Map<string, Response>>();
  const cacheOf = (store: Map<string, Response>) => ({
    match: (request: RequestInfo | URL) => Promise.resolve(store.get(addressOf(request))?.clone()),
    put: (request: RequestInfo | URL, response: Response) => Promise.resolve(void store.set(addressOf(request), response)),
    delete: (request: RequestInfo | URL) => Promise.resolve(store.delete(addressOf(request))),
    keys: () => Promise.resolve([...store.keys()].map((url) => new Request(url))),
  });
  const open = (name: string) => {
    const store = stores.get(name) ?? new Map<string, Response>();
    stores.set(name, store);
    return Promise.resolve(cacheOf(store));
  };
  vi.stubGlobal("caches", { open, delete: (name: string) => Promise.resolve(stores.delete(name)) });
  return stores;
}
