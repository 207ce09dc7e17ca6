import { texts } from "../texts";

interface Named {
  title: string;
  properties: { primary_color?: string; subcategory?: string; category?: string };
}

// "Brown shirt", by what is known of it.
export function seenAs({ primary_color, subcategory, category }: Named["properties"]): string {
  const seen = [primary_color, subcategory ?? category].filter(Boolean).join(" ");
  return seen.charAt(0).toUpperCase() + seen.slice(1);
}

// The title of an item, otherwise what is seen of it.
export const titleOf = ({ title, properties }: Named) => title || seenAs(properties) || texts.card.noTitle;
