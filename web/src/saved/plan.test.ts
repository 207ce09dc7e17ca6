import { expect, it } from "vitest";
import { addDays, addMonths, formatLongDay, monthOf, weekOf } from "./plan";

it("a week begins on Monday", () => {
  expect(weekOf("2026-03-01")).toEqual(["2026-02-23", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27", "2026-02-28", "2026-03-01"]);
  expect(weekOf("2026-03-02")[0]).toBe("2026-03-02");
});

it("a month has whole weeks", () => {
  const march = monthOf("2026-03-15");
  expect([march[0], march.at(-1), march.length]).toEqual(["2026-02-23", "2026-04-05", 42]);
  const february = monthOf("2027-02-28"); // of four weeks
  expect([february[0], february.at(-1), february.length]).toEqual(["2027-02-01", "2027-02-28", 28]);
});

it("days and months are added across years", () => {
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(addDays("2026-03-29", 1)).toBe("2026-03-30"); // a day of 23 hours in Europe
  expect(addMonths("2026-12-31", 2)).toBe("2027-02-01");
  expect(addMonths("2026-01-15", -1)).toBe("2025-12-01");
});

it("a day is the same in every time zone", () => expect(formatLongDay("2026-03-01")).toBe("Sunday, March 1"));
