import { afterEach, expect, it, vi } from "vitest";
import { categoryOf, titleOf } from "./folder";
import { rowsType, runImport, type Progress, type Source } from "./runImport";

afterEach(() => vi.unstubAllGlobals());

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
const REPORT = {
  read_as: "a Shopify export",
  remarks: ["encoding windows-1252 (a guess)"],
  created: 49,
  updated: 0,
  unchanged: 0,
  rejected: 1,
  warnings: 2,
  kept: 1,
  hidden: 0,
  stopped: false,
  rejects: [{ line: 3, field: "images", reason: "the row has no image" }],
  warned: [{ line: 4, field: "price", warning: "left empty", value: "ask me" }],
  took_ms: 1,
};

// A file whose bytes are no UTF-8.
const source = (): Source => ({ kind: "rows", file: new File([new Uint8Array([105, 100, 44, 0xe9])], "a.csv"), type: "text/csv", name: "a" });

it("sends a file as it is, follows it by its name, and reports what the server read", async () => {
  const posted: { url: string; body: Blob }[] = [];
  let respond: (() => void) | undefined;
  vi.stubGlobal("fetch", (url: string, init?: RequestInit) => {
    if (init?.method === "POST") {
      posted.push({ url, body: init.body as Blob });
      return new Promise<Response>((resolve) => (respond = () => resolve(json(REPORT))));
    }
    respond?.();
    return Promise.resolve(json({ done: 10, total: 40 }));
  });
  const seen: Progress[] = [];
  const done = await runImport(source(), "a", new AbortController().signal, (now) => seen.push(now));
  expect(posted.length).toBe(1);
  expect(posted[0]?.url).toContain("run=");
  expect(posted[0]?.body.size).toBe(4);
  expect(done).toMatchObject({ done: 50, share: 1, created: 49, rejected: 1, warnings: 2, kept: 1, readAs: "a Shopify export" });
  expect(done.warned).toEqual([{ at: "4", field: "price", warning: "left empty", value: "ask me" }]);
  expect(done.rejects[0]?.at).toBe("3");
  expect(seen.length).toBeGreaterThan(0);
});

it("stops the import in the server and reports what it has stored", async () => {
  const methods: string[] = [];
  let respond: (() => void) | undefined;
  const controller = new AbortController();
  vi.stubGlobal("fetch", (_: string, init?: RequestInit) => {
    methods.push(init?.method ?? "GET");
    if (init?.method === "POST") return new Promise<Response>((resolve) => (respond = () => resolve(json({ ...REPORT, stopped: true }))));
    if (init?.method === "DELETE") respond?.();
    return Promise.resolve(json({ done: 10, total: 40 }));
  });
  const seen: Progress[] = [];
  const running = runImport(source(), "a", controller.signal, (now) => seen.push(now));
  controller.abort();
  await expect(running).rejects.toThrow();
  expect(methods).toContain("DELETE");
  expect(seen.at(-1)?.created).toBe(49);
});

it("knows files with listings by their names", () => {
  expect(rowsType("export.CSV")).toBe("text/csv");
  expect(rowsType("feed.tsv")).toBe("text/csv");
  expect(rowsType("items.jsonl")).toBe("application/x-ndjson");
  expect(rowsType("products.json")).toBe("application/json");
  expect(rowsType("feed.xml")).toBe("application/xml");
  expect(rowsType("photo.jpg")).toBeUndefined();
});

it("title and category come from a photo's path", () => {
  expect(titleOf("tops/red_linen-shirt.jpg")).toBe("red linen shirt");
  expect(titleOf("tops/IMG_2041.jpg")).toBe("");
  expect(titleOf("0f3c9a1b7d3e.jpg")).toBe("");
  expect(titleOf("Levi's 501 W32 L34.jpg")).toBe("Levi's 501 W32 L34");
  expect(categoryOf("a/tops/x.jpg")).toBe("tops");
  expect(categoryOf("x.jpg")).toBe("");
});
