// The language of the app: the one that was chosen, else the first of the browser's that the app has, else English. A brand with
// languages has these only, and the first of them in place of English. English is in
// texts.ts; another language is loaded before the app, and replaces its texts.
import { brand, type Brand } from "../brand/brand";

export const LANGUAGES = { en: "English", de: "Deutsch", es: "Español", fr: "Français", it: "Italiano", ar: "العربية" } as const;
export type Language = keyof typeof LANGUAGES;
type Messages = { [key: string]: unknown };

const MESSAGES: Record<Exclude<Language, "en">, () => Promise<{ default: (words: { app: string }) => Messages }>> = {
  de: () => import("./de"),
  es: () => import("./es"),
  fr: () => import("./fr"),
  it: () => import("./it"),
  ar: () => import("./ar"),
};
const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(["ar", "fa", "he", "ur"]);
const KEY = "language";

const isKnown = (name: string): name is Language => Object.hasOwn(LANGUAGES, name);

// The languages of the app, or those of a brand.
export function offeredLanguages({ languages }: Pick<Brand, "languages"> = brand): Language[] {
  const own = (languages ?? []).filter(isKnown);
  return own.length > 0 ? own : (Object.keys(LANGUAGES) as Language[]);
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // the browser forbids its storage
  }
}

// The first of the wanted languages, such as "de-AT", that is offered, else the first that is.
export function firstKnown(wanted: readonly string[], offered = offeredLanguages()): Language {
  const isOffered = (tag: string | undefined): tag is Language => offered.some((one) => one === tag);
  return wanted.map((name) => name.toLowerCase().split("-")[0]).find(isOffered) ?? offered[0] ?? "en";
}

function chosen(): Language {
  const own = kept();
  const offered = offeredLanguages();
  const again = offered.find((one) => one === own);
  if (again) return again;
  return firstKnown(typeof navigator === "undefined" ? [] : navigator.languages);
}

let now: Language = "en"; // until another one is loaded

export const language = () => now;
// What Intl is told: numbers, prices and dates are written as in the language of the texts.
export const locale = () => now;
export const direction = () => (RIGHT_TO_LEFT.has(now) ? "rtl" : "ltr");
// What lies in the direction of reading, 1, or against it, -1, where x grows from left to right.
export const forwards = (x: number): 1 | -1 => (x > 0 === (direction() === "ltr") ? 1 : -1);

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

let loaded: Messages | undefined;

// Loads the messages of the language. Where they cannot be loaded, without a connection for example, the app is in English.
export async function loadLanguage(wanted: Language = chosen()): Promise<void> {
  now = "en";
  loaded = undefined;
  if (wanted !== "en") {
    try {
      loaded = (await MESSAGES[wanted]()).default({ app: brand.name });
      now = wanted;
    } catch {
      // English
    }
  }
  document.documentElement.lang = now;
  document.documentElement.dir = direction();
}

// Puts English texts into the language that is loaded.
export function translate(texts: Messages) {
  if (loaded) replaceTexts(texts, loaded);
}
