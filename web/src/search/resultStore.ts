// The first pages of the last searches, kept on this device only (IndexedDB), for when the server cannot be reached.
import { chosenTenant } from "../api/tenant";
import { database } from "../photo/database";

export interface KeptResults<Page> {
  key: string; // the tenant and the search
  at: number;
  page: Page; // of results, without what only the server can use
}

const MAX_ENTRIES = 12;
const run = database("find-this-fit-results", "searches", "key");

// `search`: as the address has it.
const keyOf = (search: string) => `${chosenTenant() ?? "default"} ${search}`;

const all = () => run<KeptResults<unknown>[]>("readonly", (store) => store.getAll() as IDBRequest<KeptResults<unknown>[]>);

// Keeps the first page of a search, as far as the browser allows it.
export async function keepResults(search: string, page: unknown): Promise<void> {
  try {
    await run("readwrite", (store) => store.put({ key: keyOf(search), at: Date.now(), page } satisfies KeptResults<unknown>));
    const old = (await all()).sort((a, b) => b.at - a.at).slice(MAX_ENTRIES);
    for (const { key } of old) await run("readwrite", (store) => store.delete(key));
  } catch {
    // The browser forbids its storage: nothing is there without the server.
  }
}

export async function keptResults<Page>(search: string): Promise<KeptResults<Page> | null> {
  try {
    return (await run<KeptResults<Page> | undefined>("readonly", (store) => store.get(keyOf(search)) as IDBRequest<KeptResults<Page> | undefined>)) ?? null;
  } catch {
    return null;
  }
}

// The searches of this tenant whose results are here.
export async function keptSearches(): Promise<Set<string>> {
  const start = keyOf("");
  try {
    return new Set((await all()).flatMap(({ key }) => (key.startsWith(start) ? [key.slice(start.length)] : [])));
  } catch {
    return new Set();
  }
}

// Of all tenants.
export async function forgetResults(): Promise<void> {
  await run("readwrite", (store) => store.clear()).catch(() => undefined);
}
