import { expect, it } from "vitest";
import { item } from "../testing/found";
import { patchOf } from "./EditDialog";

function form(values: Record<string, string>) {
  const data = new FormData();
  const same = { title: "Blue denim jacket", brand: "Levi's", price: "45", currency: "USD", size: "M", url: "https://www.depop.com/products/83a1", status: "active", description: "", "property-category": "outerwear" };
  for (const [name, value] of Object.entries({ ...same, ...values })) data.set(name, value);
  return data;
}

it("sends changed fields only; an emptied field becomes null", () => {
  expect(patchOf(item(), form({}))).toEqual({});
  expect(patchOf(item(), form({ price: "39.5", brand: " ", status: "sold" }))).toEqual({ price: 39.5, brand: null, status: "sold" });
});

it("distinguishes predictions from the seller's values", () => {
  expect(patchOf(item(), form({ "property-primary_color": "navy", "property-category": "" }))).toEqual({ properties: { primary_color: "navy", category: null } });
});
