import { afterEach, expect, it, vi } from "vitest";
import { categoryOf, titleOf } from "./folder";
import { runImport, type Progress } from "./runImport";

afterEach(() => vi.unstubAllGlobals());

it("sends a file in parts and adds up the reports", async () => {
  const bodies: string[] = [];
  vi.stubGlobal("fetch", (_: string, init: RequestInit) => {
    bodies.push(init.body as string);
    const rows = (init.body as string).trim().split("\n").length - 1;
    const report = { created: rows - 1, updated: 0, unchanged: 0, rejected: 1, stopped: false, rejects: [{ line: 3, field: "price", reason: "must be a number" }], took_ms: 1 };
    return Promise.resolve(new Response(JSON.stringify(report), { headers: { "content-type": "application/json" } }));
  });
  const text = `id,title\n${Array.from({ length: 50 }, (_, i) => `${i},t`).join("\n")}\n`;
  const seen: Progress[] = [];
  const done = await runImport({ kind: "rows", file: new File([text], "a.csv"), csv: true, name: "a" }, "a", new AbortController().signal, (now) => seen.push(now));
  expect(bodies.length).toBeGreaterThan(1);
  for (const body of bodies) expect(body.startsWith("id,title\n")).toBe(true);
  expect(done.created + done.rejected).toBe(50);
  expect(done.share).toBe(1);
  // The second row of the first part is line 3 of the file; that of the second part is 20 rows further.
  expect(done.rejects.slice(0, 2).map((one) => one.at)).toEqual(["3", "23"]);
  expect(seen.length).toBe(bodies.length);
});

it("title and category come from a photo's path", () => {
  expect(titleOf("tops/red_linen-shirt.jpg")).toBe("red linen shirt");
  expect(titleOf("tops/IMG_2041.jpg")).toBe("");
  expect(titleOf("0f3c9a1b7d3e.jpg")).toBe("");
  expect(categoryOf("a/tops/x.jpg")).toBe("tops");
  expect(categoryOf("x.jpg")).toBe("");
});
