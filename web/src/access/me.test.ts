import { expect, it } from "vitest";
import { anonymous, local, user } from "../testing/people";
import { mayOpen } from "./me";

const PAGES = ["/", "/items/12", "/studio/catalogue", "/studio/operations", "/studio/keys", "/studio/users", "/account", "/studio/review"];

it("each page is open to those who may use it", () => {
  const open = (me: Parameters<typeof mayOpen>[0]) => PAGES.filter((page) => mayOpen(me, page));
  expect(open(user("owner"))).toEqual(PAGES);
  expect(open(user("editor"))).toEqual(["/", "/items/12", "/studio/catalogue", "/account", "/studio/review"]);
  expect(open(user("viewer"))).toEqual(["/", "/items/12", "/studio/catalogue", "/account"]);
  expect(open(local())).toEqual(PAGES.filter((page) => page !== "/account"));
  expect(open(anonymous(["search", "items:read"]))).toEqual(["/", "/items/12"]);
  expect(open(anonymous())).toEqual([]);
});

it("everybody may open the pages that lead in, and those that do not exist", () => {
  for (const page of ["/sign-in", "/set-up", "/invitation", "/reset", "/nothing"]) expect(mayOpen(anonymous(), page)).toBe(true);
});

it("pages are shown while nobody knows who is there", () => {
  for (const page of PAGES) expect(mayOpen(undefined, page)).toBe(true);
});
