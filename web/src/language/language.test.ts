import { afterEach, expect, it, vi } from "vitest";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import arabic from "./ar";
import german from "./de";
import spanish from "./es";
import french from "./fr";
import italian from "./it";
import { firstKnown, language, LANGUAGES, loadLanguage, offeredLanguages, replaceTexts, translate } from "./language";

const LANGUAGES_BUT_ENGLISH = { de: german, es: spanish, fr: french, it: italian, ar: arabic };
const SAME_EVERYWHERE = new Set(["app"]); // the name of the shop

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

type Group = Record<string, unknown>;
const isGroup = (value: unknown): value is Group => typeof value === "object" && value !== null && !Array.isArray(value);

// Calls a message with values that can be found again in what it says. Messages with parameters of other kinds say nothing.
function said(message: unknown, parameters: unknown[]): string | undefined {
  try {
    const text: unknown = (message as (...given: unknown[]) => unknown)(...parameters);
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}

// How a message differs from the English one; empty if it does not.
function difference(english: unknown, other: unknown): string {
  if (other === undefined) return "is missing";
  if (typeof english !== typeof other || Array.isArray(english) !== Array.isArray(other)) return "is of another kind";
  if (Array.isArray(english)) return english.length === (other as unknown[]).length ? "" : "has another length";
  if (typeof english === "string") return (other as string).trim() === "" && english.trim() !== "" ? "is empty" : "";
  if (typeof english !== "function" || typeof other !== "function") return "";
  if (english.length !== other.length) return "has other parameters";
  for (const parameters of [["⟦0⟧", "⟦1⟧", "⟦2⟧", "⟦3⟧"], [741, 852, 963, 369]]) {
    const inEnglish = said(english, parameters);
    const translated = said(other, parameters);
    if (inEnglish === undefined) continue;
    if (translated === undefined) return "cannot be said with the same parameters";
    const lost = parameters.slice(0, english.length).filter((one) => inEnglish.includes(String(one)) && !translated.includes(String(one)));
    if (lost.length > 0) return `leaves out ${lost.join(", ")}`;
  }
  return "";
}

function differences(english: Group, other: Group, path = ""): string[] {
  return Object.entries(english).flatMap(([key, value]) => {
    const here = path + key;
    if (SAME_EVERYWHERE.has(here)) return [];
    const translated = other[key];
    if (isGroup(value)) return isGroup(translated) ? differences(value, translated, `${here}.`) : [`${here} is missing`];
    const found = difference(value, translated);
    return found ? [`${here} ${found}`] : [];
  });
}

it("the languages that can be chosen are those that are compared here", () => {
  expect(Object.keys(LANGUAGES)).toEqual(["en", ...Object.keys(LANGUAGES_BUT_ENGLISH)]);
});

it.each(Object.entries(LANGUAGES_BUT_ENGLISH))("%s has every message with the same parameters", (_, make) => {
  expect(differences({ ...texts, ...pageTexts }, make({ app: "Shop" }))).toEqual([]);
});

it("the comparison sees what is wrong", () => {
  const english = { a: "x", b: (name: string) => `of ${name}`, c: { d: "y" }, e: (n: number) => `${n} items` };
  expect(differences(english, { a: "x", b: (name: string) => `von ${name}`, c: { d: "z" }, e: (n: number) => `${n} Artikel` })).toEqual([]);
  expect(differences(english, { a: " ", b: () => "von", c: {}, e: (n: number) => `Artikel${n > 0 ? "" : "!"}` })).toEqual(["a is empty", "b has other parameters", "c.d is missing", "e leaves out ⟦0⟧"]);
});

it("Italian dates have the article that their number asks for", () => {
  const { saved, queues, account } = italian({ app: "Shop" });
  expect(saved.plannedFor("3 dic 2026")).toBe("in programma il 3 dic 2026");
  expect(saved.plannedFor("8 dic 2026")).toBe("in programma l’8 dic 2026");
  expect(saved.plannedFor("18 dic 2026")).toBe("in programma il 18 dic 2026");
  expect(saved.chooseTitle("martedì 8 dicembre")).toBe("Outfit per martedì 8 dicembre");
  expect(queues.pausedFor("11 dic 2026, 14:30")).toBe("In pausa fino all’11 dic 2026, 14:30");
  expect(account.sessionFacts("::1", "ieri", "1 dic 2026")).toBe("::1 · ultimo utilizzo: ieri · dal 1 dic 2026");
});

it("the browser's first language that the app has counts", () => {
  expect(firstKnown(["xx-XX", "de-AT", "en"])).toBe("de");
  expect(firstKnown(["EN-gb", "de"])).toBe("en");
  expect(firstKnown(["xx", "toString"])).toBe("en");
  expect(firstKnown([])).toBe("en");
});

it("a brand offers its languages only, the first of them to others", () => {
  const offered = offeredLanguages({ languages: ["de", "fr", "xx"] });
  expect(offered).toEqual(["de", "fr"]);
  expect(firstKnown(["en-GB", "fr-CA"], offered)).toBe("fr");
  expect(firstKnown(["en", "it"], offered)).toBe("de");
  expect(offeredLanguages({})).toEqual(Object.keys(LANGUAGES));
});

it("a language replaces texts and leaves the rest", async () => {
  const some = { close: "Close", titles: { item: "Item", other: "Other" }, unknown: "x" };
  replaceTexts(some, { close: "Zu", titles: { item: "Artikel" } });
  expect(some).toEqual({ close: "Zu", titles: { item: "Artikel", other: "Other" }, unknown: "x" });
  localStorage.setItem("language", "de");
  await loadLanguage();
  const title = { close: "Close", unknown: "x" };
  translate(title);
  expect(title).toMatchObject({ close: "Schließen", unknown: "x" });
  expect(language()).toBe("de");
  expect(document.documentElement.lang).toBe("de");
  expect(document.documentElement.dir).toBe("ltr");
  await loadLanguage("en");
  const same = { close: "Close" };
  translate(same);
  expect(same).toEqual({ close: "Close" });
  expect(document.documentElement.lang).toBe("en");
});

it("plurals and numbers are those of the language", () => {
  const de = german({ app: "Shop" });
  expect(de.clusters.photos(1)).toBe("1 Foto");
  expect(de.clusters.photos(1234)).toBe("1.234 Fotos");
  expect(de.capture.button).toBe("Zu Shop hinzufügen");
});

it("Arabic has a form for each kind of number, and is written from right to left", async () => {
  const ar = arabic({ app: "Shop" });
  expect([0, 1, 2, 3, 11, 100, 1234].map(ar.clusters.photos)).toEqual(["لا صور", "صورة واحدة", "صورتان", "3 صور", "11 صورة", "100 صورة", "1,234 صورة"]);
  expect(ar.results.similar(1000, true, false)).toBe("أكثر من 1,000 نتيجة");
  expect(firstKnown(["ar-EG", "en"])).toBe("ar");
  await loadLanguage("ar");
  expect(document.documentElement.lang).toBe("ar");
  expect(document.documentElement.dir).toBe("rtl");
  await loadLanguage("en");
  expect(document.documentElement.dir).toBe("ltr");
});
