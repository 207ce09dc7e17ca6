import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Me } from "../api/access";
import type { Outfit, OutfitOrder, OutfitPiece, Recommendation } from "../api/outfits";
import { renderAt } from "../testing/app";
import { item } from "../testing/found";
import { savedOutfit } from "../testing/outfits";
import { local, user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { OutfitsPage } from "./OutfitsPage";

const t = pageTexts.outfits;
const PATH = "/api/v1/recommend";

beforeEach(() => vi.spyOn(Math, "random").mockReturnValue(0.5));
afterEach(() => vi.restoreAllMocks());

const rest = { category: "Tops", is_locked: false, lift: 0.3 };
const piece = (slot: OutfitPiece["slot"], id: string, title: string): OutfitPiece => ({
  ...rest,
  slot,
  kind: "item",
  item: item({ id, title }),
  garment: null,
  reasons: [`because of ${title}`],
});
const garment = (slot: OutfitPiece["slot"], id: string, name: string): OutfitPiece => ({
  ...rest,
  slot,
  kind: "garment",
  item: null,
  garment: {
    id,
    name,
    brand: null,
    size: null,
    price: null,
    currency: null,
    bought_on: null,
    state: "ready",
    cutout: false,
    tags: [],
    care: null,
    notes: null,
    slot,
    properties: {},
    property_origins: {},
    photos: [{ asset_id: "9", image_url: `/api/v1/wardrobe/${id}/photos/9`, thumbnail_url: `/api/v1/wardrobe/${id}/photos/9/thumbnail` }],
    wears: 0,
    last_worn_on: null,
    cost_per_wear: null,
    item_id: null,
    created_at: "2026-11-01T10:00:00Z",
    updated_at: "2026-11-01T10:00:00Z",
  },
  reasons: [],
});
const outfit = (pieces: OutfitPiece[], empty_slots: Outfit["empty_slots"] = []): Outfit => ({ id: "i1", score: 0.5, pieces, empty_slots });
const shirt = piece("top", "1", "Shirt");
const jeans = piece("bottom", "2", "Jeans");
const both = (more: Partial<Recommendation> = {}): Recommendation => ({
  outfits: [outfit([shirt, jeans], ["shoes"]), outfit([piece("top", "3", "Blouse"), piece("bottom", "4", "Skirt")])],
  gaps: [{ slot: "shoes", listings: [item({ id: "5", title: "Boots" })] }],
  weather: null,
  is_personal: false,
  ...more,
});

// Answers each order in turn, the last answer again and again. Returns the orders.
function show(me: Me, answers: unknown[], address = "/outfits", more: Record<string, unknown> = {}) {
  const orders: OutfitOrder[] = [];
  serve({
    "GET /api/v1/auth/me": me,
    "GET /api/v1/properties": { properties: { occasion: { values: ["everyday", "work"] }, season: { values: ["summer", "all season"] } } },
    [`POST ${PATH}`]: (order: OutfitOrder) => {
      orders.push(order);
      return answers[Math.min(orders.length, answers.length) - 1];
    },
    ...more,
  });
  renderAt("/outfits", <OutfitsPage />, null, address);
  return orders;
}

const region = (name: string) => screen.findByRole("region", { name });

it("shows outfits with reasons, and listings for what they lack", async () => {
  const orders = show(local(), [both()]);
  const first = within(await region(t.outfit(1)));
  expect(within(first.getByRole("list", { name: t.piecesOf(t.outfit(1)) })).getByText("Shirt").getAttribute("href")).toBe("/items/1");
  expect(first.getByText("because of Shirt")).toBeTruthy();
  expect(first.getByText(t.missing([t.slots.shoes]))).toBeTruthy();
  const gap = within(screen.getByRole("list", { name: t.gap(t.slots.shoes, 1) }));
  expect(gap.getByRole("link").getAttribute("href")).toBe("/items/5");
  expect(orders).toEqual([{ from: "catalogue", count: 3 }]);
  expect(screen.queryByLabelText(t.from)).toBeNull();
});

it("swaps a piece while the others and the other outfits stay", async () => {
  const polo = piece("top", "6", "Polo");
  const sweater = piece("top", "7", "Sweater");
  const orders = show(local(), [both(), { outfits: [outfit([polo, jeans])], gaps: [] }, { outfits: [outfit([sweater, jeans])], gaps: [] }]);
  const swap = async (title: string) => userEvent.click(await screen.findByRole("button", { name: t.swapOf(t.slots.top, title) }));
  await swap("Shirt");
  await screen.findByText("Polo");
  expect(orders[1]).toEqual({ from: "catalogue", count: 1, lock: ["2"], exclude: ["1"] });
  expect(screen.getByText("Blouse")).toBeTruthy();
  await swap("Polo");
  await screen.findByText("Sweater");
  expect(orders[2]).toEqual({ from: "catalogue", count: 1, lock: ["2"], exclude: ["1", "6"] });
});

it("says that nothing else fits, and keeps the piece", async () => {
  show(local(), [both(), { outfits: [outfit([jeans])], gaps: [] }]);
  await userEvent.click(await screen.findByRole("button", { name: t.swapOf(t.slots.top, "Shirt") }));
  await screen.findByText(t.nothingElse);
  expect(screen.getByText("Shirt")).toBeTruthy();
});

it("a wish asks anew, and Again asks with another seed", async () => {
  const orders = show(user("shopper"), [both()]);
  await userEvent.selectOptions(await screen.findByLabelText(t.from), "wardrobe");
  await screen.findByRole("option", { name: "work" }); // the values come after the form
  await userEvent.selectOptions(screen.getByLabelText(t.occasion), "work");
  await userEvent.selectOptions(screen.getByLabelText(t.weather), "cold");
  await userEvent.click(screen.getByLabelText(t.rain));
  const wished = { from: "wardrobe", count: 3, occasion: "work", weather: { temperature_c: 5, rain: true } };
  await waitFor(() => expect(orders.at(-1)).toEqual(wished));
  await userEvent.click(await screen.findByRole("button", { name: t.again }));
  await waitFor(() => expect(orders.at(-1)).toEqual({ ...wished, seed: 2 ** 31 }));
  expect(within(screen.getByLabelText(t.season)).queryByText("all season")).toBeNull();
});

it("garments are locked and left out as garments", async () => {
  const top = garment("top", "1", "My shirt");
  const orders = show(user("shopper"), [both({ outfits: [outfit([top, garment("bottom", "2", "My jeans")])] })], "/outfits?garment=2");
  await userEvent.click(await screen.findByRole("button", { name: t.swapOf(t.slots.top, "My shirt") }));
  await waitFor(() => expect(orders).toHaveLength(2));
  expect(orders[0]).toEqual({ from: "wardrobe", count: 3, around: { garment: "2" } });
  expect(orders[1]).toEqual({ from: "wardrobe", count: 1, around: { garment: "2" }, lock: [], exclude: [{ garment: "1" }] });
  expect(screen.queryByRole("button", { name: t.swapOf(t.slots.bottom, "My jeans") })).toBeNull();
});

it("outfits are around the item that the address names", async () => {
  const orders = show(local(), [both()], "/outfits?around=2");
  await region(t.outfit(1));
  expect(screen.getByText(t.leadAround)).toBeTruthy();
  expect(orders).toEqual([{ from: "catalogue", count: 3, around: "2" }]);
  expect(screen.queryByRole("button", { name: t.swapOf(t.slots.bottom, "Jeans") })).toBeNull();
});

it("says that no outfit can be made, and what is missing", async () => {
  show(local(), [both({ outfits: [] })]);
  await screen.findByText(t.none);
  expect(screen.getByRole("region", { name: t.gaps })).toBeTruthy();
});

it("the weather of a place is looked up when the place is complete, and shown", async () => {
  const orders = show(local(), [both(), both({ weather: { temperature_c: 11.6, rain: true, place: "Berlin, Germany", latitude: null, longitude: null, date: "2026-11-30" } })]);
  await region(t.outfit(1));
  await userEvent.selectOptions(screen.getByLabelText(t.weather), "place");
  expect(screen.queryByLabelText(t.rain)).toBeNull();
  await userEvent.type(screen.getByLabelText(t.place), "Berlin ");
  expect(orders.every((order) => order.weather === undefined)).toBe(true);
  await userEvent.keyboard("{Enter}");
  await screen.findByText("Berlin, Germany, 12 °C, rain");
  expect(orders.at(-1)).toEqual({ from: "catalogue", count: 3, weather: { place: "Berlin" } });
});

it("what is wrong with a place is said beside it", async () => {
  show(local(), [both(), problem(422, "invalid", { field: "weather.place" }), problem(502, "bad_gateway", { field: "weather" })]);
  await region(t.outfit(1));
  await userEvent.selectOptions(screen.getByLabelText(t.weather), "place");
  const place = screen.getByLabelText(t.place);
  await userEvent.type(place, "Xyzzy{Enter}");
  await screen.findByText(t.placeUnknown);
  expect(place.getAttribute("aria-invalid")).toBe("true");
  expect(screen.queryByText(texts.errors.failed)).toBeNull();
  await userEvent.type(place, "x{Enter}");
  await screen.findByText(t.weatherSilent);
});

it("who has a taste may switch it off", async () => {
  const orders = show(user("shopper"), [both({ is_personal: true }), both()]);
  const taste = await screen.findByRole<HTMLInputElement>("switch", { name: t.taste });
  expect(taste.checked).toBe(true);
  await userEvent.click(taste);
  await waitFor(() => expect(orders.at(-1)).toEqual({ from: "catalogue", count: 3, taste: false }));
  expect(screen.getByRole<HTMLInputElement>("switch", { name: t.taste }).checked).toBe(false);
});

it("nothing is said of a taste where none is known", async () => {
  show(local(), [both()]);
  await region(t.outfit(1));
  expect(screen.queryByRole("switch", { name: t.taste })).toBeNull();
});

it("an outfit is saved with its items and garments, and anew when a piece was swapped", async () => {
  const polo = piece("top", "6", "Polo");
  const bodies: unknown[] = [];
  const orders = show(user("shopper"), [both({ outfits: [outfit([shirt, garment("bottom", "2", "My jeans")])] }), both({ outfits: [outfit([polo, garment("bottom", "2", "My jeans")])] })], "/outfits", {
    "POST /api/v1/outfits": (body: unknown) => (bodies.push(body), savedOutfit({ id: "30" })),
  });
  await userEvent.click(await screen.findByRole("button", { name: texts.saved.save }));
  expect((await screen.findByRole("link", { name: texts.saved.openSaved })).getAttribute("href")).toBe("/outfits/saved/30");
  expect(bodies).toEqual([{ pieces: [{ item_id: "1" }, { garment_id: "2" }] }]);
  await userEvent.click(screen.getByRole("button", { name: t.swapOf(t.slots.top, "Shirt") }));
  await screen.findByRole("button", { name: texts.saved.save });
  expect(orders).toHaveLength(2);
});

it("who has no account saves nothing", async () => {
  show(local(), [both()]);
  await region(t.outfit(1));
  expect(screen.queryByRole("button", { name: texts.saved.save })).toBeNull();
});

it("a failed swap is told, and a failed order can be tried again", async () => {
  show(local(), [problem(500, "internal"), both(), problem(503, "unavailable")]);
  await userEvent.click(await screen.findByRole("button", { name: texts.retry }));
  await userEvent.click(await screen.findByRole("button", { name: t.swapOf(t.slots.top, "Shirt") }));
  await screen.findByText(texts.errors.busy);
});
