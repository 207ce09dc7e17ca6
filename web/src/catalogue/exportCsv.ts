// The catalogue as a table that an import reads: our own columns.
import type { Item } from "../api/client";
import { PROPERTIES } from "../search/state";

const FIELDS = ["source", "external_id", "title", "description", "brand", "price", "currency", "size", "url", "status", "listed_at"] as const;

const cell = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

// Properties that the program has found are left out: an import would take them for the seller's.
function cellsOf(item: Item): string[] {
  const fields = FIELDS.map((name) => String(item[name] ?? ""));
  const properties = PROPERTIES.map((name) => (item.property_origins[name]?.origin === "seller" ? (item.properties[name] ?? "") : ""));
  const images = item.images.map((image) => new URL(image.url, window.location.origin).href).join("|");
  return [...fields, ...properties, images];
}

export function csvOf(items: Item[]): string {
  const rows = [[...FIELDS, ...PROPERTIES, "image_urls"], ...items.map(cellsOf)];
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function saveCsv(items: Item[]): void {
  // The mark tells spreadsheets that the file is UTF-8.
  const url = URL.createObjectURL(new Blob(["\ufeff", csvOf(items)], { type: "text/csv;charset=utf-8" }));
  Object.assign(document.createElement("a"), { href: url, download: "catalogue.csv" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
