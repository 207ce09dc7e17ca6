import { describe, expect, it } from "vitest";
import type { ApiKey } from "../api/access";
import { ApiError } from "../api/client";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { expiryOf, keyOf, makerOf, refusalOf, stateOf, type KeyDraft } from "./keyForm";

const NOW = Date.parse("2026-11-29T10:00:00Z");
const draft = (more: Partial<KeyDraft> = {}): KeyDraft => ({ name: " shop ", scopes: ["search"], filters: "", expiry: "90", date: "", rate: "", ...more });

describe("a new key", () => {
  it("is sent as the API takes it", () => {
    expect(keyOf(draft({ filters: '{"source": "shop"}', rate: " 10/second ", expiry: "never" }), NOW)).toEqual({
      body: { name: "shop", scopes: ["search"], expires_at: null, filters: { source: "shop" }, rate_limit: "10/second" },
      problems: {},
    });
    expect(keyOf(draft(), NOW).body).toEqual({ name: "shop", scopes: ["search"], expires_at: "2027-02-27T10:00:00.000Z" });
  });

  it("says what is missing or wrong before it is sent", () => {
    const problems = (more: Partial<KeyDraft>) => Object.keys(keyOf(draft(more), NOW).problems);
    expect(problems({ name: " ", scopes: [] })).toEqual(["name", "scopes"]);
    for (const filters of ["source: shop", "[]", "3", '"x"', "null"]) expect(problems({ filters })).toEqual(["filters"]);
    expect(problems({ filters: '{"brand": "X"}', scopes: ["search", "items:write"] })).toEqual(["scopes"]);
    expect(problems({ expiry: "date", date: "" })).toEqual(["expires_at"]);
    expect(problems({ expiry: "date", date: "2026-11-01" })).toEqual(["expires_at"]);
  });

  it("may be used on the day on which it expires", () => {
    const end = expiryOf(draft({ expiry: "date", date: "2026-12-24" }), NOW);
    expect(new Date(end ?? "").getDate()).toBe(24);
  });

  it("has the server's objections in the words of the form", () => {
    const refused = (field: string) => refusalOf(new ApiError("filters.bramd: is unknown", 422, field));
    expect(refused("filters.bramd")).toEqual({ filters: pageTexts.keys.filterWrong("bramd") });
    expect(refused("filters")).toEqual({ filters: pageTexts.keys.filtersWrong });
    expect(refused("rate_limit")).toEqual({ rate_limit: pageTexts.keys.rateWrong });
    expect(refusalOf(new ApiError("", 403))).toEqual({ other: texts.errors.notAllowed });
    expect(refusalOf(null)).toEqual({});
  });
});

it("a key that is revoked or expired has ended", () => {
  const key = { revoked_at: null, expires_at: null } as ApiKey;
  expect(stateOf(key, NOW)).toBe("active");
  expect(stateOf({ ...key, expires_at: "2026-11-29T10:00:00Z" }, NOW)).toBe("expired");
  expect(stateOf({ ...key, expires_at: "2026-11-30T10:00:00Z" }, NOW)).toBe("active");
  expect(stateOf({ ...key, revoked_at: "2026-11-01T10:00:00Z", expires_at: "2026-11-02T10:00:00Z" }, NOW)).toBe("revoked");
});

it("the maker of a key is a person, a key, this computer or the command line", () => {
  expect(["user:3", "key:7", "local", "command line"].map(makerOf)).toEqual(["a user", "another key", "this computer", "the command line"]);
});
