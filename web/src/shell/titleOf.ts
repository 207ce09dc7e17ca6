import { texts, valueName } from "../texts";

interface Named {
  title: string;
  properties: { primary_color?: string; subcategory?: string; category?: string };
}

// "Brown shirt", by what is known of it, in the language of the person.
export function seenAs({ primary_color, subcategory, category }: Named["properties"]): string {
  const kind = subcategory ? valueName(subcategory, "subcategory") : category && valueName(category, "category");
  const seen = texts.card.seen(primary_color && valueName(primary_color, "primary_color"), kind);
  return seen.charAt(0).toUpperCase() + seen.slice(1);
}

// The title of an item, otherwise what is seen of it.
export const titleOf = ({ title, properties }: Named) => title || seenAs(properties) || texts.card.noTitle;
