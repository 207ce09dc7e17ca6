import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Me } from "../api/access";
import { auth } from "../api/access";
import { api } from "../api/client";
import { chooseTenant, chosenTenant, tenantHeaders } from "../api/tenant";
import { renderAt } from "../testing/app";
import { anonymous, user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { texts } from "../texts";
import { AccountMenu } from "./AccountMenu";
import { forgetDevice } from "./forgetDevice";

const t = texts.access;
const ME = "GET /api/v1/auth/me";

beforeEach(() => chooseTenant(undefined));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  chooseTenant(undefined);
});

const both = (tenant: string): Me => ({
  ...user(),
  tenant,
  tenants: [
    { name: "default", role: "owner" },
    { name: "shop", role: "viewer" },
  ],
});

// Answers as a server does that knows whom each tenant has: `members` by the header X-Tenant, "" without it.
function serveTenants(members: Record<string, Me | Response>) {
  const asked: string[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation((_, init) => {
    const tenant = new Headers(init?.headers).get("X-Tenant") ?? "";
    asked.push(tenant);
    const answer = members[tenant] ?? problem(404);
    return Promise.resolve(answer instanceof Response ? answer.clone() : new Response(JSON.stringify(answer), { headers: { "Content-Type": "application/json" } }));
  });
  return asked;
}

it("a user of several catalogues sees them, with the current one", async () => {
  serve({ [ME]: both("shop") });
  renderAt("/", <p>the page</p>, <AccountMenu />);
  await userEvent.click(await screen.findByRole("button", { name: t.menuOf("Ada") }));
  const list = within(screen.getByRole("list", { name: t.tenants }));
  expect(list.getAllByRole("button").map((one) => one.textContent.trim())).toEqual(["default", "shop"]);
  expect(list.getByRole("button", { current: true }).textContent.trim()).toBe("shop");
});

it("whoever has one catalogue has nothing to choose", async () => {
  serve({ [ME]: { ...user(), tenants: [{ name: "default", role: "owner" }] } });
  renderAt("/", <p>the page</p>, <AccountMenu />);
  await userEvent.click(await screen.findByRole("button", { name: t.menuOf("Ada") }));
  expect(screen.queryByRole("list", { name: t.tenants })).toBeNull();
});

it("requests name the chosen tenant, except those that sign somebody in", async () => {
  chooseTenant("shop");
  const asked = serveTenants({ shop: both("shop"), "": both("default") });
  await api.item("7");
  await auth.me();
  await auth.signIn({ email: "ada@example.com", password: "x" });
  expect(asked).toEqual(["shop", "shop", ""]);
  expect(sessionStorage.getItem("tenant")).toBe("shop");
  await forgetDevice();
  expect(tenantHeaders("/api/v1/items")).toEqual({});
  expect(sessionStorage.getItem("tenant") ?? localStorage.getItem("tenant")).toBeNull();
});

it("whoever signs out gets no messages in this browser any more", async () => {
  const unsubscribe = vi.fn(() => Promise.resolve(true));
  const registration = { pushManager: { getSubscription: () => Promise.resolve({ unsubscribe }) } };
  for (const name of ["PushManager", "Notification"]) vi.stubGlobal(name, {});
  Object.defineProperty(navigator, "serviceWorker", { configurable: true, value: { getRegistration: () => Promise.resolve(registration) } });
  try {
    await forgetDevice();
  } finally {
    Reflect.deleteProperty(navigator, "serviceWorker");
  }
  expect(unsubscribe).toHaveBeenCalledOnce();
});

it("a tenant that the user may not enter any more is chosen no longer", async () => {
  chooseTenant("gone");
  serveTenants({ gone: anonymous(), "": both("default") });
  expect((await auth.me()).tenant).toBe("default");
  expect(chosenTenant()).toBeUndefined();
});

it("the tenant is the same one after another sign-in", async () => {
  chooseTenant("shop");
  serveTenants({ shop: anonymous(), "": anonymous() });
  expect((await auth.me()).kind).toBe("anonymous");
  expect(tenantHeaders("/api/v1/items")).toEqual({});
  serveTenants({ shop: both("shop") });
  expect((await auth.me()).tenant).toBe("shop");
  expect(tenantHeaders("/api/v1/items")).toEqual({ "X-Tenant": "shop" });
});

it("a failure of the server changes no choice", async () => {
  chooseTenant("shop");
  serveTenants({ shop: problem(503), "": both("default") });
  await expect(auth.me()).rejects.toThrow();
  expect(chosenTenant()).toBe("shop");
});

it("whoever has no catalogue of their own enters the first one", async () => {
  const tenants: Me["tenants"] = [
    { name: "a", role: "owner" },
    { name: "b", role: "viewer" },
  ];
  const asked = serveTenants({ "": { ...user(), scopes: ["account"], tenants }, a: { ...user(), tenant: "a", tenants } });
  expect((await auth.me()).tenant).toBe("a");
  expect(asked).toEqual(["", "a"]);
  expect(chosenTenant()).toBe("a");
});
