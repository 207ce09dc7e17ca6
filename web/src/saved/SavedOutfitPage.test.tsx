import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { SavedOutfit } from "../api/savedOutfits";
import { renderAt } from "../testing/app";
import { savedOutfit, savedPiece } from "../testing/outfits";
import { user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { texts } from "../texts";
import { formatDay } from "../wardrobe/shared";
import { finishRemovals } from "../shell/removal";
import { SavedOutfitPage } from "./SavedOutfitPage";

afterEach(() => vi.restoreAllMocks());

const t = texts.saved;
const gone = new Response(null, { status: 204 });

// Serves an outfit that changes as it is told. Each test has an outfit of its own: deleted ones stay hidden.
function show(id: string, more: Partial<SavedOutfit> = {}, answers: Record<string, unknown> = {}) {
  const at = `/api/v1/outfits/${id}`;
  let now = savedOutfit({ id, ...more });
  const patch = (body: object) => (now = { ...now, ...body });
  const calls = serve({
    "GET /api/v1/auth/me": user("shopper"),
    [`GET ${at}`]: () => now,
    [`PATCH ${at}`]: patch,
    [`DELETE ${at}`]: gone,
    [`DELETE ${at}/wears/2026-01-02`]: () => (patch({ worn_on: [] }), gone),
    [`POST ${at}/share`]: () => patch({ share_url: "/api/v1/shared-outfits/tok3n?tenant=shop" }),
    [`DELETE ${at}/share`]: () => (patch({ share_url: null }), gone),
    ...answers,
  });
  const shown = renderAt("/outfits/saved/$id", <SavedOutfitPage />, null, `/outfits/saved/${id}`);
  const sent = (method: string, path = "") => calls.filter((call) => call.method === method && call.path === at + path).map((call) => call.body);
  return { sent, ...shown };
}

const heading = (name = "Work") => screen.findByRole("heading", { name, level: 1 });

it("its pieces lead to items and garments, and one that is gone says so", async () => {
  show("20", { notes: "With the belt", pieces: [...savedOutfit().pieces, savedPiece({ item_id: "9", is_gone: true, name: null, slot: null })] });
  await heading();
  const pieces = within(screen.getByRole("list", { name: t.pieces }));
  expect(pieces.getByRole("link", { name: "White shirt" }).getAttribute("href")).toBe("/items/12");
  expect(pieces.getByRole("link", { name: "Grey trousers" }).getAttribute("href")).toBe("/wardrobe/7");
  expect(pieces.getByText(t.gone)).toBeTruthy();
  expect(screen.getByText("With the belt")).toBeTruthy();
  expect(screen.getByRole("img", { name: t.pictureOf("Work") })).toBeTruthy();
});

it("is renamed, and only what was changed is sent", async () => {
  const { sent } = show("21", { notes: "With the belt" });
  await heading();
  await userEvent.click(screen.getByRole("button", { name: t.edit }));
  const dialog = within(await screen.findByRole("dialog", { name: t.editTitle }));
  await userEvent.clear(dialog.getByLabelText(t.name));
  await userEvent.type(dialog.getByLabelText(t.name), "Office");
  await userEvent.click(dialog.getByRole("button", { name: t.saveName }));
  await heading("Office");
  expect(sent("PATCH")).toEqual([{ name: "Office" }]);
});

it("is planned for a day, and a day is taken back", async () => {
  const { sent } = show("22", { planned_for: ["2026-03-01"] });
  await heading();
  await userEvent.type(screen.getByLabelText(t.planDay), "2026-03-05");
  await userEvent.click(screen.getByRole("button", { name: t.planThis }));
  await screen.findByText(formatDay("2026-03-05"));
  await userEvent.click(screen.getByRole("button", { name: t.unplan(formatDay("2026-03-01")) }));
  await waitFor(() => expect(sent("PATCH")).toEqual([{ planned_for: ["2026-03-01", "2026-03-05"] }, { planned_for: ["2026-03-05"] }]));
});

it("a day of wear is taken back", async () => {
  show("23", { worn_on: ["2026-01-02"] });
  await userEvent.click(await screen.findByRole("button", { name: t.unwear(formatDay("2026-01-02")) }));
  await waitFor(() => expect(screen.queryByRole("list", { name: t.worn })).toBeNull());
});

it("is shared by a link to a page, whose token no server sees, and the link is ended", async () => {
  show("24");
  await userEvent.click(await screen.findByRole("button", { name: t.shareGo }));
  const link = await screen.findByLabelText<HTMLInputElement>(t.link);
  expect(link.value).toBe(`${window.location.origin}/shared-outfit#token=tok3n&tenant=shop`);
  await userEvent.click(screen.getByRole("button", { name: t.unshare }));
  await screen.findByText(t.unshared);
  expect(screen.getByRole("button", { name: t.shareGo })).toBeTruthy();
});

it("the picture is saved as a file, or it says that there is none", async () => {
  const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  Object.assign(URL, { createObjectURL: () => "blob:x", revokeObjectURL: () => undefined });
  const pictures = [problem(404, "not_found"), new Response("jpeg", { headers: { "Content-Type": "image/jpeg" } })];
  show("25", {}, { "GET /api/v1/outfits/4/picture": () => pictures.shift() });
  await userEvent.click(await screen.findByRole("button", { name: t.download }));
  await screen.findByText(t.noPicture);
  await userEvent.click(screen.getByRole("button", { name: t.download }));
  await waitFor(() => expect(click).toHaveBeenCalledOnce());
});

it("is deleted when that can no longer be undone", async () => {
  const { sent, router } = show("26");
  await userEvent.click(await screen.findByRole("button", { name: t.remove }));
  await waitFor(() => expect(router.location.pathname).toBe("/outfits/saved"));
  await screen.findByText(t.removed);
  expect(sent("DELETE")).toEqual([]);
  await finishRemovals(); // as when the window is closed
  await waitFor(() => expect(sent("DELETE")).toHaveLength(1));
});

it("a deletion is undone", async () => {
  const { sent, router } = show("27");
  await userEvent.click(await screen.findByRole("button", { name: t.remove }));
  await userEvent.click(await screen.findByRole("button", { name: t.undo }));
  await waitFor(() => expect(screen.queryByText(t.removed)).toBeNull());
  await finishRemovals();
  expect(sent("DELETE")).toEqual([]);
  await router.navigate({ to: "/outfits/saved/27" as never });
  await heading();
});

it("one that does not exist says so", async () => {
  show("28", {}, { "GET /api/v1/outfits/28": problem(404, "not_found") });
  await screen.findByText(t.missing);
});
