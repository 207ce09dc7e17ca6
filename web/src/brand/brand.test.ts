import { afterEach, expect, it } from "vitest";
import { applyBrand, brandIn } from "./brand";
import { contrast, GROUNDS, schemeColors } from "./colors";

afterEach(() => document.documentElement.removeAttribute("style"));

it("is the app's own unless the page says otherwise", () => {
  const own = { name: "Find This Fit", logo: "/favicon.svg" };
  for (const content of [undefined, null, "", "{}", "null", "not json", '{"name": 3, "logo": ""}']) expect(brandIn(content)).toEqual(own);
  expect(brandIn('{"languages": ["de", 3]}')).toEqual({ ...own, languages: ["de"] });
  expect(brandIn('{"languages": "de"}')).toEqual(own);
  expect(brandIn('{"name": "Corner Shop", "currency": "EUR", "other": "x"}')).toEqual({ ...own, name: "Corner Shop", currency: "EUR" });
});

// White and black, yellow, which no text in white has a contrast to, and a grey in the middle.
it.each(["#0a5cb2", "#ffffff", "#000000", "#ffe600", "#808080", "#e4007c", "#00ff00", "#7a0019"])("colours made of %s are legible in both schemes", (color) => {
  const colors = schemeColors(color);
  for (const name of ["light", "dark"] as const) {
    const one = colors[name];
    for (const ground of [...GROUNDS[name], one.wash]) {
      expect(contrast(one.accent, ground)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(one["accent-strong"], ground)).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(one["on-accent"], one.accent)).toBeGreaterThanOrEqual(4.5);
  }
});

it("a legible colour stays as it is", () => {
  expect(schemeColors("#0a5cb2").light.accent).toBe("#0a5cb2");
});

it("sets the colours of the style sheets, and nothing for a text that is none", () => {
  applyBrand({ name: "x", logo: "x", color: "red; --ground: black" });
  expect(document.documentElement.style.length).toBe(0);
  applyBrand({ name: "x", logo: "x", color: "#0a5cb2" });
  expect(document.documentElement.style.getPropertyValue("--accent")).toMatch(/^light-dark\(#0a5cb2, #[0-9a-f]{6}\)$/);
});
