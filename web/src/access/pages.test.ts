import { expect, it } from "vitest";
import { anonymous, local, user } from "../testing/people";
import { inStudio, mayOpen, mayStudio, pageOf } from "./me";
import { personalOf, studioOf, tabsOf } from "./pages";

const studioPages = (me: Parameters<typeof studioOf>[0]) => studioOf(me).flatMap(({ pages }) => pages.map((page) => page.name));
const tabs = (me: Parameters<typeof tabsOf>[0]) => tabsOf(me).map((page) => page.to);

it("the studio has the pages of a role", () => {
  expect(studioPages(user("owner"))).toEqual(["catalogue", "uploads", "sources", "clusters", "review", "trends", "experiments", "alerts", "operations", "queues", "users", "keys"]);
  expect(studioPages(user("editor"))).toEqual(["catalogue", "uploads", "sources", "clusters", "review", "trends", "alerts"]);
  expect(studioPages(user("viewer"))).toEqual(["catalogue", "clusters", "trends", "alerts"]);
  expect(studioPages(local())).not.toContain("users"); // a server of one person has none
});

it("shoppers and visitors have nothing of the studio", () => {
  for (const me of [user("shopper"), anonymous(["search", "items:read"])]) {
    expect(mayStudio(me)).toBe(false);
    expect(studioOf(me)).toEqual([]);
    for (const path of ["/studio", "/studio/catalogue", "/studio/clusters/7", "/studio/trends"]) expect(mayOpen(me, path)).toBe(false);
    for (const path of ["/", "/recent", "/saved-searches", "/items/7"]) expect(mayOpen(me, path)).toBe(true);
  }
});

it("everybody has three tabs, of which the saved things are an account's or the device's", () => {
  expect(tabs(user("shopper"))).toEqual(["/", "/favourites", "/recent"]);
  expect(tabs(anonymous(["search", "items:read"]))).toEqual(["/", "/saved-searches", "/recent"]);
  expect(tabs(undefined)).toEqual(["/", "/saved-searches", "/recent"]); // the server cannot be reached
  expect(tabs(anonymous())).toEqual([]);
  expect(personalOf(anonymous(["search"]))).toEqual([]);
});

it("an address is of the studio by its first part", () => {
  expect(inStudio("/studio")).toBe(true);
  expect(inStudio("/studios")).toBe(false);
  expect(pageOf("/studio/clusters/7")).toBe("/clusters/7");
  expect(pageOf("/studio")).toBe("/studio");
  expect(pageOf("/recent")).toBe("/recent");
});
