// The language of the app: the one that was chosen, else the first of the browser's that the app has, else English. English is in
// texts.ts; another language is loaded before the app is drawn, and replaces its texts.
import { brand } from "../brand/brand";

export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;
type Messages = { [key: string]: unknown };

const MESSAGES: Record<Exclude<Language, "en">, () => Promise<{ default: (words: { app: string }) => Messages }>> = {
  de: () => import("./de"),
};
const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(["ar", "fa", "he", "ur"]);
const KEY = "language";

const isLanguage = (name: string | null): name is Language => name !== null && Object.hasOwn(LANGUAGES, name);

function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // the browser forbids its storage
  }
}

// The first of the wanted languages, such as "de-AT", that the app has.
export function firstKnown(wanted: readonly string[]): Language {
  return wanted.map((name) => name.toLowerCase().split("-")[0] ?? null).find(isLanguage) ?? "en";
}

function chosen(): Language {
  const own = kept();
  if (isLanguage(own)) return own;
  return typeof navigator === "undefined" ? "en" : firstKnown(navigator.languages);
}

let now: Language = chosen();

export const language = () => now;
// What Intl is told: numbers, prices and dates are written as in the language of the texts.
export const locale = () => now;

// The texts are read when the app starts, so that another language begins with a new document.
export function chooseLanguage(next: Language) {
  try {
    localStorage.setItem(KEY, next);
  } catch {
    return; // it would be forgotten at once
  }
  window.location.reload();
}

const isGroup = (value: unknown): value is Messages => typeof value === "object" && value !== null && !Array.isArray(value);

// Replaces what `translated` has too.
export function replaceTexts(texts: Messages, translated: Messages) {
  for (const [key, value] of Object.entries(translated)) {
    const old = texts[key];
    if (isGroup(old) && isGroup(value)) replaceTexts(old, value);
    else texts[key] = value;
  }
}

// Puts the texts into the language. Where it cannot be loaded, without a connection for example, they stay English.
export async function translate(texts: Messages, wanted: Language = now): Promise<void> {
  now = "en";
  if (wanted !== "en") {
    try {
      replaceTexts(texts, (await MESSAGES[wanted]()).default({ app: brand.name }));
      now = wanted;
    } catch {
      // English
    }
  }
  if (typeof document === "undefined") return;
  document.documentElement.lang = now;
  document.documentElement.dir = RIGHT_TO_LEFT.has(now) ? "rtl" : "ltr";
}
