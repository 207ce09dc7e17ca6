import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { renderAt } from "../testing/app";
import { garment } from "../testing/garments";
import { recordFiles } from "../testing/forms";
import { user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { SendingContext } from "../uploads/sending";
import { makeAdding } from "./adding";
import GarmentCamera from "./GarmentCamera";

const t = pageTexts.wardrobe;
const taken = { garments: [garment()], known_ids: [] };

// A camera whose photos are small files.
beforeEach(() => {
  Object.defineProperty(navigator, "mediaDevices", { configurable: true, value: { getUserMedia: () => Promise.resolve({ getTracks: () => [] }) } });
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  vi.spyOn(HTMLCanvasElement.prototype, "toBlob").mockImplementation((done) => done(new Blob([new Uint8Array([0xff, 0xd8])], { type: "image/jpeg" })));
  Object.assign(URL, { createObjectURL: () => "blob:x", revokeObjectURL: () => undefined });
});
afterEach(() => {
  Reflect.deleteProperty(navigator, "mediaDevices");
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const shutter = async () => {
  const button = await screen.findByRole("button", { name: texts.camera.shoot });
  await waitFor(() => expect(button.hasAttribute("disabled")).toBe(false));
  return button;
};

it("ten garments are taken in a row, while the photos are sent", async () => {
  recordFiles();
  const calls = serve({ "GET /api/v1/auth/me": user("shopper"), "POST /api/v1/wardrobe/photos": taken });
  const close = vi.fn();
  renderAt("/wardrobe", <SendingContext value={makeAdding()}><GarmentCamera onClose={close} /></SendingContext>);
  const button = await shutter();
  for (let i = 0; i < 10; ++i) await userEvent.click(button);
  await screen.findByText(t.taken(10));
  const shots = within(screen.getByRole("list", { name: t.shots }));
  await waitFor(() => expect(shots.getAllByText(t.shotSent)).toHaveLength(10));
  expect(calls.filter((call) => call.method === "POST")).toHaveLength(10);
  expect(close).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: t.cameraDone }));
  expect(close).toHaveBeenCalled();
});

it("a photo that was not taken by the server is sent again", async () => {
  let tries = 0;
  const files = recordFiles();
  serve({ "GET /api/v1/auth/me": user("shopper"), "POST /api/v1/wardrobe/photos": () => (++tries === 1 ? problem(500, "internal") : taken) });
  renderAt("/wardrobe", <SendingContext value={makeAdding()}><GarmentCamera onClose={() => undefined} /></SendingContext>);
  await userEvent.click(await shutter());
  await userEvent.click(await screen.findByRole("button", { name: pageTexts.uploads.retryNamed(t.shot(1)) }));
  await screen.findByText(t.shotSent);
  expect(tries).toBe(2);
  expect(files[1]).toBe(files[0]); // by which the server knows a photo that it took before its response was lost
});
