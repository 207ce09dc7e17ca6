// What the pages of the wardrobe share: names, days, and changes.
import type { Garment } from "../api/wardrobe";
import { locale } from "../language/language";
import { seenAs } from "../shell/titleOf";
import { useChange } from "../shell/useChange";
import { pageTexts } from "../pageTexts";
import { WARDROBE } from "./queryKey";

const t = pageTexts.wardrobe;

const WORK_MS = 60_000; // the models have seen a photo by then

// The name that the person gave, otherwise what the models see.
export function nameOfGarment({ name, properties }: Garment): string {
  return name || seenAs(properties) || t.unnamed;
}

// Whether the models may still be looking at the photos.
export function isNew({ photos, property_origins, updated_at }: Garment): boolean {
  const seen = Object.values(property_origins).some((one) => one.origin === "photo");
  return photos.length > 0 && !seen && Date.now() - Date.parse(updated_at) < WORK_MS;
}

// Today where the person is, such as 2026-03-01.
export function today(now = new Date()): string {
  const digits = (n: number) => String(n).padStart(2, "0");
  return [now.getFullYear(), digits(now.getMonth() + 1), digits(now.getDate())].join("-");
}

// A day has no time zone.
export const formatDay = (day: string) => new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: "UTC" }).format(new Date(day));

// A change of the wardrobe, which is read again.
export const useWardrobeChange = <Given, Answer>(change: (given: Given) => Promise<Answer>, wordsOf?: ((error: unknown) => string) | null) =>
  useChange([WARDROBE], change, wordsOf);
