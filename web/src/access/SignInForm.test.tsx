import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { makeQueryClient } from "../shell/queries";
import { anonymous, user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { texts } from "../texts";
import { SignInForm } from "./SignInForm";

afterEach(() => vi.restoreAllMocks());

const t = texts.access;
function show() {
  const done = vi.fn();
  render(
    <QueryClientProvider client={makeQueryClient()}>
      <SignInForm onDone={done} />
    </QueryClientProvider>,
  );
  return done;
}
async function fill(email: string, password: string) {
  await userEvent.type(screen.getByLabelText(t.email), email);
  await userEvent.type(screen.getByLabelText(t.password), password);
  await userEvent.click(screen.getByRole("button", { name: t.signIn }));
}

it("signs in, and asks for a code where the account needs one", async () => {
  const calls = serve({
    "POST /api/v1/auth/login": (body: { totp?: string }) =>
      body.totp === undefined ? problem(401, "totp_required") : body.totp === "123456" ? user().user : problem(401, "unauthorized"),
    "GET /api/v1/auth/me": user(),
  });
  const done = show();
  await fill("ada@example.com", " two blanks ");
  const code = await screen.findByLabelText(t.code);
  expect(screen.queryByRole("alert")).toBeNull();
  await waitFor(() => expect(document.activeElement).toBe(code));
  await userEvent.type(code, "000000{Enter}");
  expect((await screen.findByRole("alert")).textContent).toBe(t.wrongWithCode);
  expect(done).not.toHaveBeenCalled();
  await userEvent.clear(code);
  await userEvent.type(code, "123456{Enter}");
  await waitFor(() => expect(done).toHaveBeenCalledWith(user()));
  expect(calls.filter((one) => one.method === "POST").at(-1)?.body).toEqual({ email: "ada@example.com", password: " two blanks ", totp: "123456" });
});

it("does not say whether the account exists", async () => {
  serve({ "POST /api/v1/auth/login": problem(401, "unauthorized") });
  show();
  await fill("nobody@example.com", "x");
  expect((await screen.findByRole("alert")).textContent).toBe(t.wrong);
  await userEvent.click(screen.getByRole("button", { name: t.forgotten }));
  expect(screen.getByLabelText<HTMLInputElement>(t.email).value).toBe("nobody@example.com");
  await userEvent.click(screen.getByRole("button", { name: t.forgottenGo }));
  await screen.findByText(t.forgottenSent);
});

it.each([
  [problem(429, "too_many_requests"), t.tooMany],
  [problem(503, "unavailable"), texts.errors.busy],
])("says why it is not possible now", async (answer, text) => {
  serve({ "POST /api/v1/auth/login": answer });
  show();
  await fill("ada@example.com", "x");
  expect((await screen.findByRole("alert")).textContent).toBe(text);
});

it("says so when the browser keeps no cookie", async () => {
  serve({ "POST /api/v1/auth/login": user().user, "GET /api/v1/auth/me": anonymous() });
  const done = show();
  await fill("ada@example.com", "x");
  expect((await screen.findByRole("alert")).textContent).toBe(t.cookies);
  expect(done).not.toHaveBeenCalled();
});
