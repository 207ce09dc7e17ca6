import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { Asset } from "../api/assets";
import { ApiError } from "../api/client";
import { renderAt } from "../testing/app";
import { user } from "../testing/people";
import { serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { Sending, SendingContext, type Send } from "./sending";
import { UploadsPage } from "./UploadsPage";

afterEach(() => vi.restoreAllMocks());

const t = pageTexts.uploads;
const asset = (id: string, more: Partial<Asset> = {}): Asset => ({
  id,
  state: "done",
  name: `${id}.jpg`,
  media_type: "image/jpeg",
  size_bytes: 61_000,
  sha256: "0".repeat(64),
  url: null,
  width: 300,
  height: 400,
  duration_ms: null,
  codec: null,
  has_sound: null,
  title: "",
  source: "",
  external_id: "",
  tags: [],
  make_item: false,
  labels: [],
  properties: {},
  item_id: null,
  same_as: null,
  job_id: id,
  owner: "user:3",
  created_at: "2026-11-01T10:00:00Z",
  updated_at: "2026-11-01T10:00:00Z",
  finished_at: null,
  error: null,
  content_url: null,
  thumbnail_url: null,
  ...more,
});

function show(send: Send, answers: object) {
  const calls = serve({ "GET /api/v1/auth/me": user(), ...answers });
  renderAt(
    "/uploads",
    <SendingContext value={new Sending(send, 1)}>
      <UploadsPage />
    </SendingContext>,
  );
  return calls;
}

it("lists what the server has, and why a file failed", async () => {
  const list = [asset("3", { state: "working" }), asset("2", { state: "failed", error: { code: "malformed", detail: "file: is cut short" } }), asset("1", { item_id: "9" })];
  const calls = show(() => Promise.reject(new Error()), {
    "GET /api/v1/assets?limit=50": { assets: list, next_cursor: null },
    "GET /api/v1/assets?limit=50&state=failed": { assets: [list[1]], next_cursor: null },
    "DELETE /api/v1/assets/2": new Response(null, { status: 204 }),
  });
  expect(await screen.findByText("3.jpg")).toBeTruthy();
  expect(screen.getByText(t.states.working ?? "", { selector: ".status" })).toBeTruthy();
  expect(screen.getByText(t.reasons.malformed ?? "")).toBeTruthy();
  expect(screen.getByRole("link", { name: t.openItem }).getAttribute("href")).toBe("/items/9");
  await userEvent.selectOptions(screen.getByLabelText(t.show), "failed");
  await waitFor(() => expect(screen.queryByText("3.jpg")).toBeNull());
  await userEvent.click(await screen.findByRole("button", { name: t.removeNamed("2.jpg") }));
  await userEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: t.removeGo }));
  await waitFor(() => expect(calls.some((one) => one.method === "DELETE" && one.path === "/api/v1/assets/2")).toBe(true));
});

it("sends chosen files with their titles, and shows those that are refused", async () => {
  const sent: object[] = [];
  const send: Send = (file, metadata) => {
    sent.push(metadata);
    return file.name.startsWith("zip")
      ? Promise.reject(new ApiError("files: is no image", 415, "files", "r", "unsupported_media"))
      : Promise.resolve({ job_id: "1", asset_id: "1", status: "queued" });
  };
  show(send, { "GET /api/v1/assets?limit=50": { assets: [], next_cursor: null } });
  await screen.findByText(t.none);
  await userEvent.click(screen.getByLabelText(t.makeItems));
  const input = screen.getAllByLabelText<HTMLInputElement>(t.chooseFiles).find((one) => one.type === "file");
  await userEvent.upload(input as HTMLInputElement, [new File(["x"], "red-summer-dress.jpg", { type: "image/jpeg" }), new File(["x"], "zip.jpg", { type: "image/jpeg" })]);
  expect(await screen.findByText(t.reasons.unsupported_media ?? "")).toBeTruthy();
  expect(sent[0]).toEqual({ title: "red summer dress", make_item: true });
  await userEvent.click(screen.getByRole("button", { name: t.clear }));
  expect(screen.queryByText("zip.jpg")).toBeNull();
});
