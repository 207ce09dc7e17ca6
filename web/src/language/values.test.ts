import { readFileSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import { titleOf } from "../shell/titleOf";
import { texts, valueName } from "../texts";
import german from "./de";
import { replaceTexts } from "./language";
import arabic from "./values/ar";
import de from "./values/de";
import spanish from "./values/es";
import french from "./values/fr";
import italian from "./values/it";

interface Ontology {
  values: Record<string, Record<string, unknown> | string>; // a property may have the values of another one
}

const ontology = JSON.parse(readFileSync("../src/ontology/ontology.json", "utf8")) as Ontology;
const VALUES = Object.entries(ontology.values).flatMap(([property, values]) => (typeof values === "string" ? [] : Object.keys(values).map((value) => ({ property, value }))));

const english = { values: { ...texts.values }, seen: texts.card.seen };
afterEach(() => {
  texts.values = { ...english.values };
  texts.card.seen = english.seen;
});

it.each(Object.entries({ ar: arabic, de, es: spanish, fr: french, it: italian }))("%s has a name for every value of the ontology", (_, names) => {
  expect(VALUES.filter(({ property, value }) => !(names[`${property}.${value}`] ?? names[value])?.trim())).toEqual([]);
  // A key that is no value would be a name that is never shown; "grey" is the name of a swatch.
  const known = new Set(VALUES.flatMap(({ property, value }) => [value, `${property}.${value}`]));
  expect(Object.keys(names).filter((key) => !known.has(key) && key !== "grey")).toEqual([]);
});

it("values are called as the language calls them, others stay as they are", () => {
  expect(valueName("dotted", "pattern")).toBe("dotted");
  const { values, card } = german({ app: "Shop" });
  replaceTexts(texts, { values, card: { seen: card.seen } });
  expect(valueName("Dotted", "pattern")).toBe("gepunktet");
  expect([valueName("tie", "subcategory"), valueName("tie", "closure")]).toEqual(["Krawatte", "zum Binden"]);
  expect(valueName("Levi's", "brand")).toBe("Levi's");
});

it("an item without a title is named by what is seen, as the language says it", () => {
  const shirt = { title: "", properties: { primary_color: "brown", subcategory: "shirt" } };
  expect(titleOf(shirt)).toBe("Brown shirt");
  const { values, card } = german({ app: "Shop" });
  replaceTexts(texts, { values, card: { seen: card.seen } });
  expect(titleOf(shirt)).toBe("Hemd, braun");
  expect(titleOf({ title: "", properties: { primary_color: "brown" } })).toBe("Braun");
});
