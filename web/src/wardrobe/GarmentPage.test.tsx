import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { renderAt } from "../testing/app";
import { garment } from "../testing/garments";
import { user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import type { Garment } from "../api/wardrobe";
import { GarmentPage } from "./GarmentPage";
import { formatDay, today } from "./shared";

afterEach(() => vi.restoreAllMocks());

const t = pageTexts.wardrobe;
const AT = "/api/v1/wardrobe/7";
const worn = ["2026-03-01", "2026-03-05"];

// Serves a garment that changes as it is told.
function show(role: "shopper" | "editor" = "shopper", more: Partial<Garment> = {}, answers: Record<string, unknown> = {}) {
  let now = garment({ worn_on: worn, ...more });
  const patch = (body: object) => (now = { ...now, ...body });
  const calls = serve({
    "GET /api/v1/auth/me": user(role),
    [`GET ${AT}`]: () => now,
    [`PATCH ${AT}`]: patch,
    [`POST ${AT}/wears`]: ({ date }: { date: string }) => patch({ worn_on: [...(now.worn_on ?? []), date] }),
    [`DELETE ${AT}/wears/2026-03-05`]: () => (patch({ worn_on: ["2026-03-01"] }), new Response(null, { status: 204 })),
    "GET /api/v1/properties": { properties: { primary_color: { values: ["red", "blue"] }, pattern: { values: ["striped"] } } },
    ...answers,
  });
  return { calls, ...renderAt("/wardrobe/$id", <GarmentPage />, null, "/wardrobe/7") };
}

const sent = (calls: { method: string; path: string; body: unknown }[], method: string) => calls.filter((call) => call.method === method && call.path.startsWith(AT)).map((call) => call.body);
const heading = () => screen.findByRole("heading", { name: "Red coat" });
const term = (name: string) => screen.getByText(name, { selector: "dt" }).nextSibling?.textContent;

it("shows what is known, and who says so", async () => {
  show("shopper", { notes: "From Ada", properties: { primary_color: "red", pattern: "striped" }, property_origins: { primary_color: { origin: "photo" }, pattern: { origin: "person" }, fit: { origin: "person" } } });
  await heading();
  expect(screen.getByRole("img", { name: "Red coat: photo 1 of 1" }).getAttribute("src")).toBe(`${AT}/photos/3`);
  expect(term("Colour")).toBe(`red${t.origins.photo}`);
  expect(term("Pattern")).toBe(`striped${t.origins.person}`);
  expect(term("Fit")).toBe(`${t.without}${t.origins.person}`);
  expect(term(t.price)).toBe("€120");
  expect(term(t.perWear)).toBe("€60");
  expect(term(t.boughtOn)).toBe("Jan 31, 2026");
  expect(term(t.tags)).toBe("warm, gift");
  expect(screen.getByText("From Ada")).toBeTruthy();
  expect(screen.queryByRole("button", { name: t.makeListing })).toBeNull();
});

it("only what was changed is sent", async () => {
  const { calls } = show();
  await heading();
  await userEvent.click(screen.getByRole("button", { name: t.edit }));
  const dialog = within(await screen.findByRole("dialog", { name: t.editTitle }));
  await userEvent.clear(dialog.getByLabelText(texts.edit.brand));
  await userEvent.clear(dialog.getByLabelText(t.tags));
  await userEvent.type(dialog.getByLabelText(t.tags), "warm, , wool");
  await userEvent.clear(dialog.getByLabelText(t.price));
  await userEvent.type(dialog.getByLabelText(t.price), "99.5");
  await dialog.findByRole("option", { name: "blue" });
  expect(dialog.getByLabelText<HTMLSelectElement>("Colour").selectedOptions[0]?.text).toBe(t.recognised("red"));
  await userEvent.selectOptions(dialog.getByLabelText("Colour"), "blue");
  await userEvent.selectOptions(dialog.getByLabelText("Pattern"), t.without);
  await userEvent.click(dialog.getByRole("button", { name: texts.edit.save }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent(calls, "PATCH")).toEqual([{ brand: null, tags: ["warm", "wool"], price: 99.5, properties: { primary_color: "blue", pattern: "" } }]);
});

it("a value is given back to the models", async () => {
  const { calls } = show("shopper", { property_origins: { primary_color: { origin: "person" } } });
  await heading();
  await userEvent.click(screen.getByRole("button", { name: t.edit }));
  const dialog = within(await screen.findByRole("dialog", { name: t.editTitle }));
  expect(dialog.getByLabelText<HTMLSelectElement>("Colour").value).toBe("red");
  await userEvent.selectOptions(dialog.getByLabelText("Colour"), t.recognise);
  await userEvent.click(dialog.getByRole("button", { name: texts.edit.save }));
  await waitFor(() => expect(sent(calls, "PATCH")).toEqual([{ properties: { primary_color: null } }]));
});

it("the form names the field that the server refuses, and keeps what was typed", async () => {
  show("shopper", {}, { [`PATCH ${AT}`]: problem(422, "invalid", { field: "tags" }) });
  await heading();
  await userEvent.click(screen.getByRole("button", { name: t.edit }));
  const dialog = within(await screen.findByRole("dialog", { name: t.editTitle }));
  const tags = dialog.getByLabelText<HTMLInputElement>(t.tags);
  await userEvent.type(tags, ";x");
  await userEvent.click(dialog.getByRole("button", { name: texts.edit.save }));
  await dialog.findByText(texts.edit.refused(t.tags));
  expect([tags.getAttribute("aria-invalid"), tags.value]).toEqual(["true", "warm, gift;x"]);
  await waitFor(() => expect(document.activeElement).toBe(tags));
});

it("is worn today once", async () => {
  const { calls } = show();
  await heading();
  const button = screen.getByRole("button", { name: t.wornToday });
  await userEvent.click(button);
  await screen.findByText(formatDay(today()));
  expect(button.getAttribute("aria-pressed")).toBe("true");
  expect(button.hasAttribute("disabled")).toBe(true);
  expect(sent(calls, "POST")).toEqual([{ date: today() }]);
});

it("a day is taken back, and another one added", async () => {
  const { calls } = show();
  await heading();
  const days = within(screen.getByRole("list", { name: t.days }));
  expect(days.getAllByRole("listitem").map((one) => one.textContent)).toEqual(["Mar 5, 2026", "Mar 1, 2026"]);
  await userEvent.click(days.getByRole("button", { name: t.unwear("Mar 5, 2026") }));
  await waitFor(() => expect(screen.queryByText("Mar 5, 2026")).toBeNull());
  await userEvent.type(screen.getByLabelText(t.day), "2026-02-01");
  await userEvent.click(screen.getByRole("button", { name: t.addDay }));
  await screen.findByText("Feb 1, 2026");
  expect(sent(calls, "POST")).toEqual([{ date: "2026-02-01" }]);
});

it("changes its state at once", async () => {
  const { calls } = show();
  await heading();
  await userEvent.selectOptions(screen.getByLabelText(t.state), "in_the_wash");
  await waitFor(() => expect(sent(calls, "PATCH")).toEqual([{ state: "in_the_wash" }]));
});

it("who may write items makes a listing of it, once", async () => {
  let made = 0;
  const { calls } = show("editor", {}, { [`POST ${AT}/listing`]: () => (++made === 1 ? problem(422, "invalid", { field: "photos" }) : { item_id: "12", status: "created" }) });
  await heading();
  await userEvent.click(screen.getByRole("button", { name: t.makeListing }));
  await screen.findByText(t.listingNeedsPhoto);
  await userEvent.click(screen.getByRole("button", { name: t.makeListing }));
  await screen.findByText(t.listingMade);
  expect(calls.filter((call) => call.path === `${AT}/listing`)).toHaveLength(2);
});

it("leads to its listing", async () => {
  show("shopper", { item_id: "12" });
  await heading();
  expect(screen.getByRole("link", { name: t.openListing }).getAttribute("href")).toBe("/items/12");
});

it("photos are added and removed", async () => {
  const photos = ["3", "4"].map((asset_id) => ({ asset_id, image_url: `${AT}/photos/${asset_id}`, thumbnail_url: `${AT}/photos/${asset_id}/thumbnail` }));
  const { calls } = show("shopper", { photos });
  await heading();
  await userEvent.click(screen.getByRole("button", { name: texts.item.show(2) }));
  await userEvent.click(screen.getByRole("button", { name: t.removePhoto }));
  await userEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: t.removeGo }));
  await waitFor(() => expect(sent(calls, "PATCH")).toEqual([{ asset_ids: ["3"] }]));
  const input = screen.getAllByLabelText<HTMLInputElement>(t.addPhoto).find((one) => one.type === "file")!;
  await userEvent.upload(input, new File([new Uint8Array([0xff, 0xd8])], "2.jpg", { type: "image/jpeg" }));
  await waitFor(() => expect(sent(calls, "PATCH")[1]).toEqual({ image_base64: btoa("\xff\xd8") }));
});

it("is shown without its background where that is wanted, else as it was taken", async () => {
  const { calls } = show();
  await heading();
  const image = () => screen.getByRole("img", { name: "Red coat: photo 1 of 1" });
  await userEvent.click(screen.getByRole("switch", { name: t.cutout }));
  await waitFor(() => expect(image().getAttribute("src")).toBe(`${AT}/photos/3/cutout`));
  expect(sent(calls, "PATCH")).toEqual([{ cutout: true }]);
  image().dispatchEvent(new Event("error"));
  await screen.findByText(t.noCutout);
  expect(image().getAttribute("src")).toBe(`${AT}/photos/3`);
});

it("a failed deletion is told once, and the latest day of a purchase is today", async () => {
  show("shopper", {}, { [`DELETE ${AT}`]: problem(500, "internal") });
  await heading();
  await userEvent.click(screen.getByRole("button", { name: t.remove }));
  await userEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: t.remove }));
  await within(screen.getByRole("alertdialog")).findByText(texts.errors.server);
  expect(screen.getAllByText(texts.errors.server)).toHaveLength(1);
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  await userEvent.click(screen.getByRole("button", { name: t.edit }));
  expect((await screen.findByLabelText(t.boughtOn)).getAttribute("max")).toBe(today());
});

it("is deleted after a question", async () => {
  const { calls, router } = show();
  await heading();
  await userEvent.click(screen.getByRole("button", { name: t.remove }));
  expect(sent(calls, "DELETE")).toEqual([]);
  await userEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: t.remove }));
  await waitFor(() => expect(router.location.pathname).toBe("/wardrobe"));
  expect(calls.filter((call) => call.method === "DELETE").map((call) => call.path)).toEqual([AT]);
});

it("a garment that is gone says so", async () => {
  show("shopper", {}, { [`GET ${AT}`]: problem(404, "not_found") });
  await screen.findByText(t.missing);
});
