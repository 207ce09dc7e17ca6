import { expect, it } from "vitest";
import { formatBytes, formatDuration, formatPrice, listingLink, percent, safeLink, swatch } from "./format";

it("prices", () => {
  expect(formatPrice(45, "USD")).toBe("$45");
  expect(formatPrice(45.5, "EUR")).toBe("€45.50");
  expect(formatPrice(12.34, null)).toBe("12.34");
  expect(formatPrice(5, "not a currency")).toBe("5");
  expect(formatPrice(null, "USD")).toBeNull();
});

it("links lead out, and never run anything", () => {
  expect(safeLink("https://x.example/1")).toBe("https://x.example/1");
  expect(safeLink("depop://product/1")).toBe("depop://product/1");
  for (const bad of ["javascript:alert(1)", " javascript:alert(1)", "JavaScript:x", "data:text/html,x", "/relative", "", null]) expect(safeLink(bad)).toBeNull();
  expect(listingLink({ url: null, deep_link: "depop://1" })).toBe("depop://1");
});

it("numbers that people read", () => {
  expect(percent(0.9132)).toBe(91);
  expect(percent(-0.2)).toBe(0);
  expect(formatBytes(2_388_226)).toBe("2.3 MiB");
  expect(formatDuration(93_784)).toBe("1 d 2 h");
  expect(swatch("Navy Blue")).toBe(swatch("navy"));
  expect(swatch("unheard of")).toBeUndefined();
});
