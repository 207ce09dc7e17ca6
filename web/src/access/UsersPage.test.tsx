import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { User } from "../api/access";
import { renderAt } from "../testing/app";
import { user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { UsersPage } from "./UsersPage";

afterEach(() => vi.restoreAllMocks());

const t = pageTexts.users;
const ada = user("owner", "3").user!;
const bo: User = { ...user("viewer", "4").user!, email: "bo@example.com", name: "Bo", has_password: false, last_seen_at: null };

function show(answers: Record<string, unknown>) {
  const calls = serve({ "GET /api/v1/auth/me": user(), "GET /api/v1/users": { users: [ada, bo] }, ...answers });
  renderAt("/users", <UsersPage />);
  return calls;
}

it("somebody is invited, and the link is shown where the server sends no mail", async () => {
  const calls = show({
    "POST /api/v1/users": (body: { email: string }) =>
      body.email === "bo@example.com" ? problem(409, "conflict", { field: "email" }) : { ...bo, ...body, invitation_url: "https://fit.example/invitation#token=x", mail_sent: false },
  });
  await userEvent.click(await screen.findByRole("button", { name: t.invite }));
  const dialog = screen.getByRole("dialog");
  await userEvent.type(within(dialog).getByLabelText(t.email), "bo@example.com");
  await userEvent.click(within(dialog).getByLabelText(/Editor/));
  await userEvent.click(within(dialog).getByRole("button", { name: t.inviteGo }));
  await screen.findByText(t.exists);
  await userEvent.type(within(dialog).getByLabelText(t.email), ".org");
  await userEvent.click(within(dialog).getByRole("button", { name: t.inviteGo }));
  expect((await screen.findByLabelText<HTMLInputElement>(t.link)).value).toBe("https://fit.example/invitation#token=x");
  expect(calls.filter((one) => one.method === "POST").at(-1)?.body).toEqual({ email: "bo@example.com.org", name: "", role: "editor" });
});

it("roles change, users are disabled and removed, and one's own account is not", async () => {
  const calls = show({ "PATCH /api/v1/users/4": bo, "PATCH /api/v1/users/3": problem(409, "conflict") });
  await userEvent.selectOptions(await screen.findByLabelText(t.roleOf("Bo")), "editor");
  await userEvent.click(screen.getByRole("button", { name: t.disableNamed("Bo") }));
  await waitFor(() => expect(calls.filter((one) => one.method === "PATCH").map((one) => one.body)).toEqual([{ role: "editor" }, { disabled: true }]));
  expect(screen.queryByRole("button", { name: t.disableNamed("Ada") })).toBeNull();
  await userEvent.selectOptions(screen.getByLabelText(t.roleOf("Ada")), "viewer");
  await screen.findByText(t.last);
  await userEvent.click(screen.getByRole("button", { name: t.remove("Bo") }));
  await userEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: t.removeGo }));
  await waitFor(() => expect(calls.at(-1)?.method === "DELETE" || calls.some((one) => one.method === "DELETE" && one.path === "/api/v1/users/4")).toBe(true));
});
