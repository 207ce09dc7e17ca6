import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "../api/client";
import { errorText } from "../shell/errorText";
import { renderAt } from "../testing/app";
import { garment, summary } from "../testing/garments";
import { recordFiles } from "../testing/forms";
import { user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { adding } from "./adding";
import { WardrobePage } from "./WardrobePage";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});
beforeEach(() => adding.clear());

const t = pageTexts.wardrobe;
const ROOT = "/api/v1/wardrobe";
const LIST = `GET ${ROOT}?limit=60`;
const taken = { garments: [garment()], known_ids: [] };
const inFolder = (path: string, file: File) => Object.defineProperty(file, "webkitRelativePath", { value: path });
const boots = garment({ id: "8", name: null, brand: null, size: null, state: "lent", wears: 0, photos: [], properties: { category: "shoes", subcategory: "boots", primary_color: "black" } });

function show(answers: Record<string, unknown> = {}) {
  const calls = serve({
    "GET /api/v1/auth/me": user("shopper"),
    [LIST]: { garments: [garment(), boots], next_cursor: null },
    [`GET ${ROOT}/summary`]: summary(),
    ...answers,
  });
  renderAt("/wardrobe", <WardrobePage />);
  return calls;
}

const grid = async () => within(await screen.findByRole("list", { name: t.garmentsTitle }));
const inputOf = (label: string) => screen.getAllByLabelText<HTMLInputElement>(label).find((one) => one.type === "file")!;
const photo = (name: string) => new File([new Uint8Array([0xff, 0xd8, 0xff, 0xe0])], name, { type: "image/jpeg" });

it("shows the garments by their names, or by what is seen", async () => {
  show();
  const garments = await grid();
  const coat = await garments.findByRole("link", { name: /Red coat/ });
  expect(coat.getAttribute("href")).toBe("/wardrobe/7");
  expect(coat.textContent).toContain(t.wears(2));
  const seen = garments.getByRole("link", { name: /Black boots/ });
  expect(seen.textContent).toContain(t.states.lent);
  expect(seen.textContent).toContain(t.wears(0));
});

it("a photo without a thumbnail is shown itself", async () => {
  show();
  const image = (await (await grid()).findByRole("link", { name: /Red coat/ })).querySelector("img")!;
  expect(image.getAttribute("src")).toBe("/api/v1/wardrobe/7/photos/3/thumbnail");
  image.dispatchEvent(new Event("error"));
  await waitFor(() => expect(image.getAttribute("src")).toBe("/api/v1/wardrobe/7/photos/3"));
});

it("filters by slot, colour, state, words and what was never worn", async () => {
  const none = { garments: [], next_cursor: null };
  show({
    [`${LIST}&slot=shoes`]: { garments: [boots], next_cursor: null },
    [`${LIST}&slot=shoes&color=red`]: none,
    [`${LIST}&slot=shoes&color=red&state=lent`]: none,
    [`${LIST}&slot=shoes&color=red&state=lent&never_worn=true`]: none,
    [`${LIST}&slot=shoes&color=red&state=lent&text=x&never_worn=true`]: none,
  });
  await (await grid()).findByText("Red coat");
  await userEvent.selectOptions(screen.getByLabelText(t.slot), "shoes");
  await waitFor(() => expect(screen.queryByText("Red coat")).toBeNull());
  expect(screen.getByText("Black boots")).toBeTruthy();
  await userEvent.selectOptions(screen.getByLabelText(t.color), "red");
  await screen.findByText(t.noneOfFilter);
  await userEvent.selectOptions(screen.getByLabelText(t.state), "lent");
  await userEvent.click(screen.getByRole("checkbox", { name: t.neverWorn }));
  await userEvent.type(screen.getByLabelText(t.text), "x");
  await waitFor(() => expect(vi.mocked(fetch).mock.calls.at(-1)?.[0]).toBe(`${ROOT}?limit=60&slot=shoes&color=red&state=lent&text=x&never_worn=true`));
});

it("counts what there is, what it costs, and what was never worn", async () => {
  show({ [`${LIST}&never_worn=true`]: { garments: [boots], next_cursor: null } });
  const part = within(await screen.findByRole("region", { name: t.summary }));
  expect(within(part.getByRole("list", { name: t.byColor })).getAllByRole("listitem").map((one) => one.textContent)).toEqual(["Red2", "Black1"]);
  expect(part.getByText(t.perWearIn("EUR")).nextSibling?.textContent).toBe("€60");
  expect(part.getByText(t.neverWornCount(2))).toBeTruthy();
  Element.prototype.scrollIntoView = () => undefined;
  await userEvent.click(part.getByRole("button", { name: t.showNeverWorn }));
  await waitFor(() => expect(screen.queryByText("Red coat")).toBeNull());
  expect(screen.getByRole<HTMLInputElement>("checkbox", { name: t.neverWorn }).checked).toBe(true);
});

it("each photo becomes a garment, and the one that is refused says why", async () => {
  let tries = 0;
  const files = recordFiles();
  const calls = show({ [`POST ${ROOT}/photos`]: () => (++tries === 2 ? problem(415, "unsupported_media", { field: "1.jpg" }) : taken) });
  await (await grid()).findByText("Red coat");
  await userEvent.upload(inputOf(t.choose), [photo("1.jpg"), photo("2.jpg"), photo("3.jpg")]);
  const sent = within(await screen.findByRole("region", { name: pageTexts.uploads.sent }));
  await sent.findByText(pageTexts.uploads.allSent);
  expect(sent.getAllByRole("listitem")).toHaveLength(1);
  expect(sent.getByText(pageTexts.uploads.reasons.unsupported_media!)).toBeTruthy();
  const added = calls.filter((call) => call.method === "POST");
  expect(added.map((call) => call.path)).toEqual(Array(3).fill(`${ROOT}/photos`));
  expect(files).toEqual(Array(3).fill("1.jpg 4")); // names of files that were chosen name no garment
});

it("the camera takes one garment after the other", async () => {
  recordFiles();
  const calls = show({ [`POST ${ROOT}/photos`]: taken });
  await (await grid()).findByText("Red coat");
  const camera = inputOf(t.camera);
  expect(camera.getAttribute("capture")).toBe("environment");
  for (const name of ["1.jpg", "2.jpg"]) await userEvent.upload(camera, photo(name));
  await waitFor(() => expect(calls.filter((call) => call.method === "POST")).toHaveLength(2));
  await waitFor(() => expect(screen.queryByRole("region", { name: pageTexts.uploads.sent })).toBeNull());
});

it("a file that is no photo is not sent", async () => {
  const calls = show();
  await (await grid()).findByText("Red coat");
  await userEvent.upload(inputOf(t.choose), new File(["PK"], "a.zip", { type: "application/zip" }), { applyAccept: false });
  await screen.findByText(pageTexts.uploads.reasons.unsupported_media!);
  expect(calls.some((call) => call.method === "POST")).toBe(false);
});

it("reads a table, and names the column that is wrong", async () => {
  const answers = [problem(422, "invalid", { field: "properties.category" }), { created: 2, updated: 1, missing_photos: 1 }];
  show({ [`POST ${ROOT}/import`]: () => answers.shift() });
  await (await grid()).findByText("Red coat");
  const table = new File(["name\nHat\n"], "wardrobe.csv", { type: "text/csv" });
  await userEvent.upload(inputOf(t.tableIn), table);
  expect((await screen.findByRole("alert")).textContent).toBe(t.tableColumn("category"));
  await userEvent.upload(inputOf(t.tableIn), table);
  await screen.findByText(t.tableRead(2, 1, 1));
  expect(screen.queryByRole("alert")).toBeNull();
});

it("reads an archive, and names the file in it that is wrong", async () => {
  const answers = [problem(422, "invalid", { field: "shoes/1.jpg" }), problem(422, "invalid", { field: "body" }), { created: 2, updated: 0, missing_photos: 0 }];
  const types: (string | undefined)[] = [];
  show({ [`POST ${ROOT}/import`]: () => (types.push(new Headers(vi.mocked(fetch).mock.calls.at(-1)?.[1]?.headers).get("Content-Type") ?? undefined), answers.shift()) });
  await (await grid()).findByText("Red coat");
  const archive = new File(["PK"], "wardrobe.zip", { type: "application/zip" });
  await userEvent.upload(inputOf(t.tableIn), archive);
  expect((await screen.findByRole("alert")).textContent).toBe(t.archiveFile("shoes/1.jpg"));
  await userEvent.upload(inputOf(t.tableIn), archive);
  await screen.findByText(t.archiveUnreadable);
  await userEvent.upload(inputOf(t.tableIn), archive);
  await screen.findByText(t.tableRead(2, 0, 0));
  expect(types).toEqual(["application/zip", "application/zip", "application/zip"]);
});

it("saves everything as an archive", async () => {
  const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  const kept: Blob[] = [];
  Object.assign(URL, { createObjectURL: (blob: Blob) => (kept.push(blob), "blob:x"), revokeObjectURL: () => undefined });
  show({ [`GET ${ROOT}/export.zip`]: new Response("PK", { headers: { "Content-Type": "application/zip" } }) });
  await userEvent.click(await screen.findByRole("button", { name: t.archiveOut }));
  await waitFor(() => expect(click).toHaveBeenCalled());
  expect(await kept[0]!.text()).toBe("PK");
});

it("the photos of a folder become garments, and what is left out is told", async () => {
  const paths = recordFiles();
  const answers = [taken, { garments: [], known_ids: ["7"] }];
  const calls = show({ [`POST ${ROOT}/photos`]: () => answers.shift() });
  await (await grid()).findByText("Red coat");
  const files = [inFolder("all/shoes/red boots.jpg", photo("red boots.jpg")), inFolder("all/2.jpg", photo("2.jpg")), inFolder("all/.thumbs/1.jpg", photo("1.jpg")), inFolder("all/notes.txt", new File(["x"], "notes.txt"))];
  fireEvent.change(inputOf(t.chooseFolder), { target: { files } });
  await screen.findByText(pageTexts.uploads.sending.known!); // the second one
  await screen.findByText(t.skipped(2));
  expect(calls.filter((call) => call.method === "POST").map((call) => call.path)).toEqual([`${ROOT}/photos`, `${ROOT}/photos`]);
  expect(paths).toEqual(["shoes/red boots.jpg 4", "2.jpg 4"]);
});

it("the photos of each folder become one garment where that is chosen", async () => {
  const paths = recordFiles();
  const calls = show({ [`POST ${ROOT}/photos?group=folder`]: taken, [`POST ${ROOT}/photos`]: taken });
  await (await grid()).findByText("Red coat");
  await userEvent.click(screen.getByRole("checkbox", { name: t.perFolder }));
  const many = Array.from({ length: 11 }, (_, i) => inFolder(`all/hats/${i}.jpg`, photo(`${i}.jpg`)));
  const files = [inFolder("all/red boots/1.jpg", photo("1.jpg")), inFolder("all/red boots/2.jpg", photo("2.jpg")), inFolder("all/cap.jpg", photo("cap.jpg")), ...many];
  fireEvent.change(inputOf(t.chooseFolder), { target: { files } });
  await screen.findByText(t.tooManyPhotos("hats", 10));
  await waitFor(() => expect(calls.filter((call) => call.method === "POST").map((call) => call.path).sort()).toEqual([`${ROOT}/photos`, `${ROOT}/photos?group=folder`]));
  expect(paths.sort()).toEqual(["cap.jpg 4", "red boots/1.jpg 4", "red boots/2.jpg 4"]);
});

it("saves the table", async () => {
  const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  const kept: Blob[] = [];
  Object.assign(URL, { createObjectURL: (blob: Blob) => (kept.push(blob), "blob:x"), revokeObjectURL: () => undefined });
  show({ [`GET ${ROOT}/export.csv`]: new Response("name\r\nHat\r\n", { headers: { "Content-Type": "text/csv" } }) });
  await userEvent.click(await screen.findByRole("button", { name: t.tableOut }));
  await waitFor(() => expect(click).toHaveBeenCalled());
  expect(await kept[0]!.text()).toBe("name\r\nHat\r\n");
});

it("an empty wardrobe says how to begin", async () => {
  show({ [LIST]: { garments: [], next_cursor: null }, [`GET ${ROOT}/summary`]: summary({ garments: 0, never_worn: 0, costs: {} }) });
  await screen.findByText(t.none);
  expect(screen.queryByRole("region", { name: t.summary })).toBeNull();
});

it("says what went wrong", async () => {
  show({ [LIST]: problem(500, "internal") });
  await screen.findByText(errorText(new ApiError("d", 500)));
});
