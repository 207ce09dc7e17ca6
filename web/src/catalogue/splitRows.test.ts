import { describe, expect, it } from "vitest";
import { splitRows, type Part } from "./splitRows";

async function all(text: string, csv: boolean, rows: number) {
  const splitter = splitRows(new Blob([text]), csv, { rows: () => rows, bytes: 1e6 });
  const parts: Part[] = [];
  for await (const part of splitter.parts) parts.push(part);
  return { ...splitter, parts };
}

describe("a CSV", () => {
  it("is split between rows, never within quotes", async () => {
    const { header, headerLines, parts } = await all('id,title\n1,"a\n""b"",\nc"\n2,x\r\n\n3,y', true, 2);
    expect(header).toBe("id,title\n");
    expect(headerLines).toBe(1);
    expect(parts.map(({ text, line, rows }) => ({ text, line, rows }))).toEqual([
      { text: '1,"a\n""b"",\nc"\n2,x\r\n', line: 2, rows: 2 },
      { text: "3,y", line: 7, rows: 1 },
    ]);
  });
  it("counts bytes to its end", async () => {
    const text = "id,title\n1,größe\n2,x\n";
    const { parts } = await all(text, true, 1);
    expect(parts.at(-1)?.bytes).toBe(new Blob([text]).size);
  });
  it("with only a header has no parts", async () => {
    expect((await all("id,title\n", true, 5)).parts).toEqual([]);
    expect((await all("", true, 5)).parts).toEqual([]);
  });
});

it("NDJSON is split between lines, whatever its quotes", async () => {
  const { header, parts } = await all('{"a":"\\""}\n\n{"b":1}\n{"c":1}', false, 2);
  expect(header).toBe("");
  expect(parts.map(({ line, rows }) => [line, rows])).toEqual([
    [1, 2],
    [4, 1],
  ]);
});
