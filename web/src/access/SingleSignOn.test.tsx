import { screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { renderAt } from "../testing/app";
import { anonymous } from "../testing/people";
import { serve } from "../testing/server";
import { texts } from "../texts";
import { providerAddress, providerProblem } from "./SingleSignOn";

afterEach(() => vi.restoreAllMocks());

const t = texts.access;

it("where there is a provider, the sign-in page leads to it", async () => {
  serve({ "GET /api/v1/auth/me": { ...anonymous(), single_sign_on: "Shop ID" } });
  renderAt("/studio/catalogue", <p>the page</p>);
  const link = await screen.findByRole("link", { name: t.signInAt("Shop ID") });
  expect(link.getAttribute("href")).toMatch(/^\/api\/v1\/auth\/oidc\/start\?return_to=%2F/);
  expect(screen.getByLabelText(t.password)).toBeTruthy();
});

it("where there is none, it does not", async () => {
  serve({ "GET /api/v1/auth/me": anonymous() });
  renderAt("/studio/catalogue", <p>the page</p>);
  await screen.findByLabelText(t.password);
  expect(screen.queryByRole("link", { name: /^Sign in with/ })).toBeNull();
});

it("the sign-in leads back, and not to the sign-in page again", () => {
  expect(providerAddress("/items/7?a=b#c")).toBe("/api/v1/auth/oidc/start?return_to=%2Fitems%2F7%3Fa%3Db%23c");
  expect(providerAddress("/sign-in#problem=forbidden")).toBe("/api/v1/auth/oidc/start?return_to=%2F");
});

it("says why a sign-in has failed", () => {
  expect(providerProblem("")).toBeUndefined();
  expect(providerProblem("#problem=forbidden")).toBe(t.providerForbidden);
  expect(providerProblem("#problem=unavailable")).toBe(t.providerAway);
  expect(providerProblem("#problem=<script>")).toBe(t.providerFailed);
});
