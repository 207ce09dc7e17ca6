import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { api } from "../api/client";
import { Notices } from "../shell/Notices";
import AddItemDialog from "./AddItemDialog";
import * as draft from "./draft";

const OWNER = { id: "", tenant: "" };

beforeEach(() => {
  vi.restoreAllMocks();
  URL.createObjectURL = () => "blob:photo";
  URL.revokeObjectURL = () => undefined;
  vi.spyOn(draft, "keepFields").mockResolvedValue(undefined);
  vi.spyOn(draft, "keepPhotos").mockResolvedValue(undefined);
  vi.spyOn(draft, "removeDraft").mockResolvedValue(undefined);
});

function show(kept?: draft.Draft) {
  vi.spyOn(draft, "readDraft").mockResolvedValue(kept);
  const close = vi.fn();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Notices>
        <AddItemDialog onClose={close} />
      </Notices>
    </QueryClientProvider>,
  );
  return close;
}

const KEPT: draft.Draft = { number: "n-1", fields: { title: "Red coat", price: "12,5" }, photos: [{ key: "a", file: new Blob(["x"], { type: "image/jpeg" }) }], at: 1 };

it("keeps what is typed", async () => {
  show();
  await userEvent.type(await screen.findByLabelText("Title"), "Coat");
  expect(draft.keepFields).toHaveBeenLastCalledWith(OWNER, expect.any(String), expect.objectContaining({ title: "Coat", brand: "" }));
});

it("continues a draft, publishes it under its number once, and removes it", async () => {
  const close = show(KEPT);
  const add = vi.spyOn(api, "add").mockResolvedValue({} as never);
  expect(await screen.findByText(/You began “Red coat” with 1 photo\./)).toBeTruthy();
  expect(screen.queryByLabelText("Title")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Continue draft" }));
  expect(screen.getByLabelText("Title")).toHaveProperty("value", "Red coat");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(close).toHaveBeenCalled());
  expect(add).toHaveBeenCalledWith(expect.objectContaining({ external_id: "n-1", source: "manual", title: "Red coat", price: 12.5 }));
  expect(draft.removeDraft).toHaveBeenCalledWith(OWNER);
});

it("a draft that cannot be published stays", async () => {
  show(KEPT);
  vi.spyOn(api, "add").mockRejectedValue(new TypeError("no network"));
  await userEvent.click(await screen.findByRole("button", { name: "Continue draft" }));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("alert")).toBeTruthy();
  expect(draft.removeDraft).not.toHaveBeenCalled();
});

it("a draft is discarded", async () => {
  show(KEPT);
  await userEvent.click(await screen.findByRole("button", { name: "Discard" }));
  expect(draft.removeDraft).toHaveBeenCalledWith(OWNER);
  expect(await screen.findByLabelText("Title")).toHaveProperty("value", "");
});

it("what is blank is no draft", () => {
  expect(draft.isEmpty({ fields: { title: " ", brand: "" }, photos: [] })).toBe(true);
  expect(draft.isEmpty({ fields: { title: "x" }, photos: [] })).toBe(false);
  expect(draft.isEmpty({ fields: {}, photos: KEPT.photos })).toBe(false);
});
