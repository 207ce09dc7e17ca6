import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { ApiKey } from "../api/access";
import { renderAt } from "../testing/app";
import { user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { KeysPage } from "./KeysPage";

afterEach(() => vi.restoreAllMocks());

const t = pageTexts.keys;
const key = (more: Partial<ApiKey> = {}): ApiKey => ({
  id: "7",
  tenant: "default",
  name: "web shop",
  prefix: "fit_abcd",
  scopes: ["search", "items:read"],
  filters: null,
  rate_limit: null,
  created_at: "2026-11-01T10:00:00Z",
  created_by: "user:3",
  expires_at: null,
  last_used_at: null,
  revoked_at: null,
  ...more,
});

it("a key is created with the chosen rights, its secret shown once, and revoked", async () => {
  let list: ApiKey[] = [];
  const calls = serve({
    "GET /api/v1/auth/me": user(),
    "GET /api/v1/keys": () => ({ keys: list }),
    "POST /api/v1/keys": (body: { filters?: unknown }) => (body.filters ? problem(422, "invalid", { field: "filters.bramd" }) : ((list = [key()]), key({ secret: "fit_secret" }))),
    "DELETE /api/v1/keys/7": () => ((list = [key({ revoked_at: "2026-11-02T10:00:00Z" })]), new Response(null, { status: 204 })),
  });
  renderAt("/keys", <KeysPage />);
  await screen.findByText(t.none);
  await userEvent.click(screen.getByRole("button", { name: t.create }));
  await userEvent.click(screen.getByRole("button", { name: t.go }));
  expect(screen.getByText(t.nameWrong)).toBeTruthy();
  await userEvent.type(screen.getByLabelText(t.name), "web shop");
  const filters = screen.getByLabelText(t.filters);
  await userEvent.type(filters, '{{"bramd": 1}');
  await userEvent.click(screen.getByRole("button", { name: t.go }));
  await screen.findByText(t.filterWrong("bramd"));
  await userEvent.clear(filters);
  await userEvent.selectOptions(screen.getByLabelText(t.expires), "never");
  await userEvent.click(screen.getByRole("button", { name: t.go }));
  const secret = await screen.findByRole("dialog", { name: t.secretTitle });
  expect(within(secret).getByLabelText<HTMLInputElement>(t.secret).value).toBe("fit_secret");
  await userEvent.keyboard("{Escape}"); // does not close what is not shown again
  await userEvent.click(within(secret).getByRole("button", { name: t.done }));
  expect(calls.filter((one) => one.method === "POST").at(-1)?.body).toEqual({ name: "web shop", scopes: ["search", "items:read"], expires_at: null });

  await userEvent.click(await screen.findByRole("button", { name: t.revokeNamed("web shop") }));
  await userEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: t.revokeGo }));
  await screen.findByText(t.none);
  await userEvent.click(screen.getByRole("button", { name: t.showEnded(1) }));
  expect(screen.queryByRole("button", { name: t.revokeNamed("web shop") })).toBeNull();
});

it("a key gets a new secret, and the old one stays for a while", async () => {
  const calls = serve({
    "GET /api/v1/auth/me": user(),
    "GET /api/v1/keys": { keys: [key()] },
    "POST /api/v1/keys/7/rotate": key({ secret: "fit_second" }),
  });
  renderAt("/keys", <KeysPage />);
  await userEvent.click(await screen.findByRole("button", { name: t.rotateNamed("web shop") }));
  await userEvent.selectOptions(screen.getByLabelText(t.overlap), "3600");
  await userEvent.click(screen.getByRole("button", { name: t.rotateGo }));
  await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>(t.secret).value).toBe("fit_second"));
  expect(calls.find((one) => one.path.endsWith("/rotate"))?.body).toEqual({ overlap_seconds: 3600 });
});
