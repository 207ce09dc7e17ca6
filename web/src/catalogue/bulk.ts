// Changes of many items at a time.
import type { Item, ItemPatch, PropertyName } from "../api/client";

export type BulkChange =
  | { what: "status"; status: string }
  | { what: "price"; price: number; currency: string } // an empty currency stays as it is
  | { what: "percent"; percent: number } // 10 raises prices by a tenth, -10 lowers them
  | { what: "property"; name: PropertyName; value: string }; // an empty value is filled from texts and photo

const cents = (price: number) => Math.round(price * 100) / 100;

const sellerValue = (item: Item, name: PropertyName) => (item.property_origins[name]?.origin === "seller" ? (item.properties[name] ?? null) : null);

// What a change does to an item; nothing for an item that it leaves as it is.
export function patchFor(item: Item, change: BulkChange): ItemPatch | undefined {
  switch (change.what) {
    case "status":
      return item.status === change.status ? undefined : ({ status: change.status } as ItemPatch);
    case "price": {
      const currency = change.currency || item.currency;
      return item.price === change.price && item.currency === currency ? undefined : { price: change.price, ...(change.currency ? { currency: change.currency } : {}) };
    }
    case "percent":
      return item.price === null || change.percent === 0 ? undefined : { price: Math.max(0, cents(item.price * (1 + change.percent / 100))) };
    case "property": {
      const value = change.value || null;
      return sellerValue(item, change.name) === value ? undefined : { properties: { [change.name]: value } };
    }
  }
}

// What gives an item the values back that a change of it has replaced.
export function undoOf(item: Item, change: BulkChange): ItemPatch {
  switch (change.what) {
    case "status":
      return { status: item.status } as ItemPatch;
    case "price":
    case "percent":
      return { price: item.price, currency: item.currency };
    case "property":
      return { properties: { [change.name]: sellerValue(item, change.name) } };
  }
}
