import { afterEach, expect, it, vi } from "vitest";
import { categoryOf, titleOf } from "./folder";
import { isRowsFile, runImport, type Progress, type Source } from "./runImport";

vi.mock("../photo/prepare", () => ({ preparePhoto: (file: Blob) => Promise.resolve(file) }));
vi.mock("../photo/base64", () => ({ base64Of: () => Promise.resolve("eA==") }));

afterEach(() => vi.unstubAllGlobals());

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
const REPORT = {
  created: 29,
  updated: 0,
  unchanged: 0,
  rejected: 1,
  warnings: 1,
  kept: 0,
  rejects: [{ line: 3, field: "images", reason: "the row has no image" }],
  warned: [{ line: 4, field: "price", warning: "left empty", value: "ask me" }],
};

const source = (count: number): Source => ({
  name: "wardrobe",
  photos: Array.from({ length: count }, (_, number) => ({ file: new File(["x"], `${number}.jpg`), path: `tops/${number}.jpg` })),
  skipped: [],
});

it("sends photos in parts and names them in reports", async () => {
  const rows: string[] = [];
  vi.stubGlobal("fetch", (_: string, init?: RequestInit) => {
    rows.push(...(init?.body as string).split("\n"));
    return Promise.resolve(json(REPORT));
  });
  const seen: Progress[] = [];
  const done = await runImport(source(30), "wardrobe", new AbortController().signal, (now) => seen.push(now));
  expect(rows.length).toBe(30);
  expect(JSON.parse(rows[0]!)).toMatchObject({ external_id: "tops/0.jpg", category: "tops" });
  expect(seen.map(({ done: photos }) => photos)).toEqual([25, 30]);
  expect(done).toMatchObject({ share: 1, created: 58, rejected: 2 });
  expect(done.rejects.map(({ at }) => at)).toEqual(["tops/2.jpg", "tops/27.jpg"]);
});

it("knows files with listings by their names", () => {
  for (const name of ["export.CSV", "feed.tsv", "items.jsonl", "products.json", "feed.xml"]) expect(isRowsFile(name)).toBe(true);
  expect(isRowsFile("photo.jpg")).toBe(false);
});

it("title and category come from a photo's path", () => {
  expect(titleOf("tops/red_linen-shirt.jpg")).toBe("red linen shirt");
  expect(titleOf("tops/IMG_2041.jpg")).toBe("");
  expect(titleOf("0f3c9a1b7d3e.jpg")).toBe("");
  expect(titleOf("Levi's 501 W32 L34.jpg")).toBe("Levi's 501 W32 L34");
  expect(categoryOf("a/tops/x.jpg")).toBe("tops");
  expect(categoryOf("x.jpg")).toBe("");
});
