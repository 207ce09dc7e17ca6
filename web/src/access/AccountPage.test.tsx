import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { renderAt } from "../testing/app";
import { user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { AccountPage } from "./AccountPage";

afterEach(() => vi.restoreAllMocks());

const t = pageTexts.account;
const session = (id: string, is_current: boolean) => ({
  id,
  is_current,
  created_at: "2026-11-01T10:00:00Z",
  last_used_at: "2026-11-29T10:00:00Z",
  ends_at: "2026-12-13T10:00:00Z",
  address: "192.0.2.7",
  agent: is_current ? "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0" : "curl/8.14.1",
});

it("a password is changed, and what is wrong is said at its field", async () => {
  serve({
    "GET /api/v1/auth/me": user(),
    "GET /api/v1/auth/sessions": { sessions: [] },
    "POST /api/v1/auth/password": (body: { current: string; new: string }) =>
      body.current !== "old" ? problem(422, "invalid", { field: "current" }) : body.new.length < 12 ? problem(422, "invalid", { field: "new" }) : undefined,
  });
  renderAt("/account", <AccountPage />);
  const current = await screen.findByLabelText(t.current);
  const wanted = screen.getByLabelText<HTMLInputElement>(t.new);
  const change = async (old: string, next: string) => {
    await userEvent.clear(current);
    await userEvent.type(current, old);
    await userEvent.clear(wanted);
    await userEvent.type(wanted, next);
    await userEvent.click(screen.getByRole("button", { name: t.change }));
  };
  await change("older", "x");
  await screen.findByText(t.currentWrong);
  await change("old", "short");
  await screen.findByText(pageTexts.link.short);
  await change("old", "password");
  await screen.findByText(pageTexts.link.common);
  await change("old", "a long enough one");
  await screen.findByText(t.changed);
  await waitFor(() => expect(wanted.value).toBe(""));
});

it("sessions are listed with their device, and ended one by one", async () => {
  let sessions = [session("1", true), session("2", false)];
  const calls = serve({
    "GET /api/v1/auth/me": user(),
    "GET /api/v1/auth/sessions": () => ({ sessions }),
    "DELETE /api/v1/auth/sessions/2": () => ((sessions = [session("1", true)]), new Response(null, { status: 204 })),
  });
  renderAt("/account", <AccountPage />);
  const end = await screen.findByRole("button", { name: t.endNamed("curl") });
  expect(screen.getByText("Firefox on Linux").textContent).toContain(t.thisOne);
  expect(screen.queryByRole("button", { name: t.endNamed("Firefox on Linux") })).toBeNull();
  await userEvent.click(end);
  await waitFor(() => expect(screen.queryByText("curl")).toBeNull());
  expect(calls.some((one) => one.method === "DELETE")).toBe(true);
});

it("two-step sign-in is turned on by a code, and shows the recovery codes once", async () => {
  let me = user();
  serve({
    "GET /api/v1/auth/me": () => me,
    "GET /api/v1/auth/sessions": { sessions: [] },
    "POST /api/v1/auth/totp": { secret: "JBSWY3DPEHPK3PXP", uri: "otpauth://totp/Find%20This%20Fit:ada@example.com?secret=JBSWY3DPEHPK3PXP" },
    "POST /api/v1/auth/totp/confirm": (body: { code: string }) => {
      if (body.code !== "123456") return problem(422, "invalid", { field: "code" });
      me = { ...me, user: me.user && { ...me.user, has_totp: true } };
      return { recovery_codes: ["aaaa-bbbb", "cccc-dddd"] };
    },
  });
  renderAt("/account", <AccountPage />);
  await userEvent.click(await screen.findByRole("button", { name: t.totpStart }));
  expect((await screen.findByRole("img", { name: t.totpQr })).querySelector("path")?.getAttribute("d")?.length).toBeGreaterThan(1000);
  expect(screen.getByTestId("totp-secret").textContent).toBe("JBSW Y3DP EHPK 3PXP");
  const code = screen.getByLabelText(texts.access.code);
  await userEvent.type(code, "000000{Enter}");
  await screen.findByText(t.totpWrong);
  await userEvent.clear(code);
  await userEvent.type(code, "123 456{Enter}");
  await screen.findByText("cccc-dddd");
  await userEvent.click(screen.getByRole("button", { name: t.recoveryKept }));
  expect(screen.queryByText("cccc-dddd")).toBeNull();
  await screen.findByText(t.totpOn);
});

it("the name, the history and the account are in the hands of their user", async () => {
  let me = user("shopper");
  const calls = serve({
    "GET /api/v1/auth/me": () => me,
    "GET /api/v1/auth/sessions": { sessions: [] },
    "PATCH /api/v1/auth/me": (body: { name?: string; keeps_history?: boolean }) => {
      me = { ...me, name: body.name ?? me.name, user: me.user && { ...me.user, ...body } };
      return me.user;
    },
    "DELETE /api/v1/auth/me": problem(422, "invalid", { field: "password" }),
  });
  renderAt("/account", <AccountPage />);
  const name = await screen.findByLabelText(t.name);
  await userEvent.clear(name);
  await userEvent.type(name, "Grace");
  await userEvent.click(screen.getByRole("button", { name: t.save }));
  await screen.findByText(t.saved);
  const keep = screen.getByRole<HTMLInputElement>("checkbox", { name: t.historyKeep });
  expect(keep.checked).toBe(true);
  await userEvent.click(keep);
  await waitFor(() => expect(keep.checked).toBe(false));
  expect(calls.filter((call) => call.method === "PATCH").map((call) => call.body)).toEqual([{ name: "Grace" }, { keeps_history: false }]);
  await userEvent.click(screen.getByRole("button", { name: t.historyClear }));
  await screen.findByText(t.historyCleared);
  expect(screen.getByRole("link", { name: t.export }).getAttribute("href")).toBe("/api/v1/auth/me/export");
  await userEvent.click(screen.getByRole("button", { name: t.removeAccount }));
  const dialog = await screen.findByRole("alertdialog");
  await userEvent.type(within(dialog).getByLabelText(t.current), "wrong");
  await userEvent.click(within(dialog).getByRole("button", { name: t.removeGo }));
  await within(dialog).findByText(t.currentWrong);
  expect(calls.at(-1)?.body).toEqual({ password: "wrong" });
});

it("who has no password is not asked for one", async () => {
  const me = user("shopper");
  serve({ "GET /api/v1/auth/me": { ...me, user: me.user && { ...me.user, has_password: false } }, "GET /api/v1/auth/sessions": { sessions: [] } });
  renderAt("/account", <AccountPage />);
  await screen.findByText(t.historyTitle);
  expect(screen.queryByLabelText(t.current)).toBeNull();
  expect(screen.queryByText(t.totpTitle)).toBeNull();
});
