import type { Item } from "../api/client";
import type { FoundItem } from "../search/useSearch";

export const found = (more: Partial<FoundItem> = {}): FoundItem => ({
  id: "12",
  source: "depop",
  external_id: "83a1",
  title: "Blue denim jacket",
  brand: "Levi's",
  price: 45,
  currency: "USD",
  size: "M",
  url: "https://www.depop.com/products/83a1",
  image_url: "/images/7",
  images: [{ id: "7", url: "/images/7", thumbnail_url: "/images/7/thumbnail", width: 600, height: 800 }],
  deep_link: "depop://product/83a1",
  similarity: 0.913,
  properties: { category: "outerwear", primary_color: "blue" },
  ...more,
});

export const item = (more: Partial<Item> = {}): Item => {
  const { similarity: _, image_url: __, explain: ___, status: ____, ...rest } = found();
  return {
    ...rest,
    description: null,
    status: "active",
    listed_at: null,
    property_origins: { category: { origin: "seller", confidence: 1 }, primary_color: { origin: "text", confidence: 0.9 } },
    created_at: "2026-11-22T02:30:00Z",
    updated_at: "2026-11-22T02:30:00Z",
    ...more,
  };
};
