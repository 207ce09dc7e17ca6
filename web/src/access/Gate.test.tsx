import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { Me } from "../api/access";
import { api } from "../api/client";
import { renderAt } from "../testing/app";
import { anonymous, local, user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { texts } from "../texts";
import { AccountMenu } from "./AccountMenu";
import { useMay } from "./me";

afterEach(() => vi.restoreAllMocks());

const t = texts.access;
function Page() {
  const may = useMay();
  return (
    <>
      <input aria-label="words" />
      {may("items:write") && <p>editable</p>}
    </>
  );
}
const signIn = async () => {
  await userEvent.type(await screen.findByLabelText(t.password), "secret");
  await userEvent.click(screen.getByRole("button", { name: t.signIn }));
};

it("who may not search signs in, and then sees the page that was wanted", async () => {
  let me: Me = anonymous();
  serve({ "GET /api/v1/auth/me": () => me, "POST /api/v1/auth/login": () => ((me = user("viewer")), me.user) });
  const { router } = renderAt("/studio/catalogue", <Page />);
  await userEvent.type(await screen.findByLabelText(t.email), "ada@example.com");
  expect(screen.queryByLabelText("words")).toBeNull();
  await signIn();
  await screen.findByLabelText("words");
  expect(screen.queryByText("editable")).toBeNull();
  expect(router.location.pathname).toBe("/studio/catalogue");
});

it("when a session has ended, what was typed stays", async () => {
  let me: Me = user("editor");
  serve({
    "GET /api/v1/auth/me": () => me,
    "GET /api/v1/properties": problem(401, "unauthorized"),
    "POST /api/v1/auth/login": () => ((me = user("editor")), me.user),
  });
  renderAt("/studio/catalogue", <Page />);
  const words = await screen.findByLabelText<HTMLInputElement>("words");
  await userEvent.type(words, "navy coat");
  me = anonymous();
  await api.properties().catch(() => undefined);
  await screen.findByRole("dialog", { name: t.ended });
  expect(screen.getByText("editable")).toBeTruthy();
  await signIn();
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(words.isConnected).toBe(true);
  expect(words.value).toBe("navy coat");
});

it("a role that was taken away hides what it allowed", async () => {
  let me: Me = user("editor");
  serve({ "GET /api/v1/auth/me": () => me, "GET /api/v1/properties": problem(403, "forbidden") });
  renderAt("/studio/catalogue", <Page />);
  await screen.findByText("editable");
  me = user("viewer");
  await api.properties().catch(() => undefined);
  await waitFor(() => expect(screen.queryByText("editable")).toBeNull());
  expect(screen.queryByRole("dialog")).toBeNull();
});

it("a page that is not for a role says so", async () => {
  serve({ "GET /api/v1/auth/me": user("viewer") });
  renderAt("/studio/keys", <Page />);
  await screen.findByText(t.denied);
  expect(screen.queryByLabelText("words")).toBeNull();
});

it("a server without accounts does not ask for one", async () => {
  serve({ "GET /api/v1/auth/me": anonymous([], false) });
  renderAt("/studio/catalogue", <Page />);
  await screen.findByText(t.noAccounts);
});

it("without an answer the app is shown", async () => {
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("Failed to fetch"));
  renderAt("/studio/catalogue", <Page />, <AccountMenu />);
  await screen.findByText("editable");
  expect(screen.queryByRole("button")).toBeNull();
});

it("the studio is for those who look after it", async () => {
  serve({ "GET /api/v1/auth/me": user("shopper") });
  renderAt("/studio/catalogue", <Page />);
  await screen.findByText(t.denied);
  expect(screen.queryByLabelText("words")).toBeNull();
});

it.each([
  [user("owner"), ["Account", "For you", "Outfits", "Wardrobe", "Studio", "Sign out"]],
  [user("viewer"), ["Account", "For you", "Outfits", "Wardrobe", "Studio", "Sign out"]],
  [user("shopper"), ["Account", "For you", "Outfits", "Wardrobe", "Sign out"]],
  [local(), ["For you", "Outfits", "Studio"]],
])("the menu has what the person may do", async (me, names) => {
  serve({ "GET /api/v1/auth/me": me });
  renderAt("/recent", <Page />, <AccountMenu />);
  await userEvent.click(await screen.findByRole("button", { name: /Account/ }));
  const items = () => screen.queryAllByRole("listitem").map((item) => item.textContent.trim());
  expect(items()).toEqual(names);
  await userEvent.keyboard("{Escape}");
  expect(items()).toEqual([]);
  await userEvent.keyboard("{Enter}"); // the button has the focus again
  expect(items()).toEqual(names);
  await userEvent.click(screen.getByLabelText("words"));
  expect(items()).toEqual([]);
});

it("who may search without an account can sign in", async () => {
  serve({ "GET /api/v1/auth/me": anonymous(["search", "items:read"]) });
  renderAt("/recent", <Page />, <AccountMenu />);
  await screen.findByRole("link", { name: t.signIn });
  expect(screen.getByLabelText("words")).toBeTruthy();
});
