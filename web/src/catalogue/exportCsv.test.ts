import { expect, it } from "vitest";
import { item } from "../testing/found";
import { csvOf } from "./exportCsv";

it("writes our own columns, with what the seller has given", () => {
  const coat = item({ title: 'A "blue", warm\ncoat', description: null });
  const [head, ...rows] = csvOf([coat]).split("\r\n");
  expect(head).toMatch(/^source,external_id,title,description,brand,price,currency,size,url,status,listed_at,category,.*,image_urls$/);
  expect(rows[0]).toContain('depop,83a1,"A ""blue"", warm\ncoat",,Levi\'s,45,USD,M,');
  expect(rows[0]).toContain(",outerwear,");
  expect(rows[0]).not.toContain(",blue,"); // read in the text
  expect(rows[0]).toMatch(/,http:\/\/[^,]*\/images\/7$/);
});
