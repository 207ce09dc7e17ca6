import { expect, it } from "vitest";
import { ApiError } from "../api/client";
import { whileAllowed } from "./queries";

const interval = (error: unknown) => whileAllowed(2000)({ state: { error } });

it("a query is repeated until the server refuses it", () => {
  expect(interval(null)).toBe(2000);
  expect(interval(new ApiError("", 0))).toBe(2000); // not reached: perhaps soon
  expect(interval(new ApiError("", 503))).toBe(2000);
  expect(interval(new ApiError("", 401))).toBe(false);
  expect(interval(new ApiError("", 403))).toBe(false);
});
