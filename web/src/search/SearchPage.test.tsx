import { act, configure, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Detection } from "../api/detect";
import { renderAt } from "../testing/app";
import { BOTTOMS, detection, SHOES, TOP } from "../testing/detected";
import { drawnAt } from "../testing/drawn";
import { PlainForm } from "../testing/forms";
import { found } from "../testing/found";
import { local } from "../testing/people";
import { problem, serve, type Call } from "../testing/server";
import { texts } from "../texts";
import { removePhotos } from "../photo/store";
import { SearchPage } from "./SearchPage";

beforeEach(async () => {
  await removePhotos();
  drawnAt(300, 400);
  vi.stubGlobal("FormData", PlainForm);
  vi.stubGlobal("IntersectionObserver", class {
    observe = () => undefined;
    disconnect = () => undefined;
  });
  Object.assign(URL, { createObjectURL: () => "blob:photo", revokeObjectURL: () => undefined });
});
configure({ asyncUtilTimeout: 20_000 });
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const photo = () => new File([new Uint8Array([0xff, 0xd8, 0xff, 1, 2, 3])], "photo.jpg", { type: "image/jpeg" });
interface Sent {
  image?: number;
  box?: string;
}
// The parts of the photo that were searched with.
const boxes = (calls: Call[]) => calls.flatMap(({ path, body }) => (path === "/api/v1/search" && (body as Sent).image ? [(body as Sent).box] : []));
const asked = (calls: Call[]) => calls.filter((one) => one.path === "/api/v1/detect").length;

// Opens the search of a server that finds garments as it is said, and chooses a photo.
async function choose(detected: Detection | Response | undefined) {
  const calls = serve({
    "GET /api/v1/auth/me": { ...local(), detect: detected !== undefined },
    "POST /api/v1/detect": detected,
    "POST /api/v1/search": (sent: Sent) => ({ results: sent.image ? [found()] : [] }),
  });
  const { router } = renderAt("/", <SearchPage />, null, "/?q=wool");
  await userEvent.upload(await screen.findByTestId("file"), photo());
  await screen.findByText("Blue denim jacket");
  return { calls, router };
}
const look = async () => within(await screen.findByRole("group", { name: texts.detect.title }));

it("several garments are offered, and the photo is searched with as a whole until one is chosen", async () => {
  const { calls, router } = await choose(detection(TOP, BOTTOMS, SHOES));
  expect(asked(calls)).toBe(1);
  expect(boxes(calls)).toEqual([undefined]);
  const row = await look();
  row.getByRole("button", { name: "Whole photo", pressed: true });
  await userEvent.click(row.getByRole("button", { name: "Bottoms, garment 2 of 3" }));
  await waitFor(() => expect(boxes(calls)).toEqual([undefined, "0.5,0.4,0.9,0.9"]));
  expect(router.location.search.box).toEqual([0.5, 0.4, 0.9, 0.9]);
  // The dot on the photo and the row show the same garment.
  await waitFor(() => expect(screen.getAllByRole("button", { name: "Bottoms, garment 2 of 3", pressed: true })).toHaveLength(2));
  act(() => router.history.back());
  await waitFor(() => row.getByRole("button", { name: "Whole photo", pressed: true }));
  expect(router.location.search.box).toBeUndefined();
  expect(asked(calls)).toBe(1);
});

it("a garment that the photo is about is searched with at once, and the whole photo is one click away", async () => {
  const { calls, router } = await choose(detection(TOP, SHOES));
  expect(boxes(calls)).toEqual(["0.1,0.1,0.5,0.5"]);
  const row = await look();
  row.getByRole("button", { name: "Top, garment 1 of 2", pressed: true });
  await userEvent.click(row.getByRole("button", { name: "Whole photo" }));
  await waitFor(() => expect(boxes(calls)).toEqual(["0.1,0.1,0.5,0.5", undefined]));
  expect(router.location.search.box).toBeUndefined();
});

it("what the photo looks like belongs to its garment, words and filters stay", async () => {
  const { router } = await choose(detection(TOP, BOTTOMS));
  act(() => void router.navigate({ to: "/", search: (now) => ({ ...now, q: "wool", hints: ["beige"] }) }));
  await userEvent.click((await look()).getByRole("button", { name: "Top, garment 1 of 2" }));
  await waitFor(() => expect(router.location.search.box).toBeDefined());
  expect(router.location.search).toMatchObject({ q: "wool" });
  expect(router.location.search.hints).toBeUndefined();
});

it.each([
  ["that finds no garments", undefined],
  ["whose detector fails", problem(500, "internal")],
  ["that has lost its detector", problem(404, "not_found")],
  ["that finds nothing in the photo", detection()],
])("a server %s shows nothing of garments", async (_, answer) => {
  const { calls } = await choose(answer);
  expect(boxes(calls)).toEqual([undefined]);
  expect(asked(calls)).toBe(answer === undefined ? 0 : 1);
  expect(screen.queryByRole("group", { name: texts.detect.title })).toBeNull();
  expect(document.querySelector(".garment-dot, .look-tabs, .over-photo")).toBeNull();
  expect(screen.queryByRole("alert")).toBeNull();
});

it("a frame that is dragged by hand is shown without garments, and leads back to the whole photo", async () => {
  const { router, calls } = await choose(detection());
  // act() renders when it ends: waited for inside of it, a navigation that ends with its page would never end.
  act(() => void router.navigate({ to: "/", search: (now) => ({ ...now, box: [0.2, 0.2, 0.6, 0.6] as const }) }));
  await waitFor(() => expect(boxes(calls)).toEqual([undefined, "0.2,0.2,0.6,0.6"]));
  await userEvent.click(await screen.findByRole("button", { name: "Whole photo", pressed: false }));
  await waitFor(() => expect(router.location.search.box).toBeUndefined());
});
