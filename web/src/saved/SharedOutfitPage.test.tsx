import { screen, within } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { renderAt } from "../testing/app";
import { savedPiece } from "../testing/outfits";
import { anonymous } from "../testing/people";
import { problem, serve } from "../testing/server";
import { texts } from "../texts";
import { SharedOutfitPage } from "./SharedOutfitPage";

afterEach(() => vi.restoreAllMocks());

const t = texts.saved;
const { slot, name, thumbnail_url, is_gone } = savedPiece();

function show(answers: Record<string, unknown>, hash = "#token=abc&tenant=shop") {
  const calls = serve({ "GET /api/v1/auth/me": anonymous(), ...answers });
  renderAt("/shared-outfit", <SharedOutfitPage />, null, `/shared-outfit${hash}`);
  return calls;
}

it("shows a shared outfit to somebody without an account", async () => {
  show({
    "GET /api/v1/shared-outfits/abc?tenant=shop": {
      name: "Work",
      pieces: [{ slot, name, thumbnail_url, is_gone }, { slot: "shoes", name: null, thumbnail_url: null, is_gone: true }],
      picture_url: "/api/v1/shared-outfits/abc/picture?tenant=shop",
    },
  });
  await screen.findByRole("heading", { name: "Work" });
  expect(screen.getByRole("img", { name: t.pictureOf("Work") }).getAttribute("src")).toBe("/api/v1/shared-outfits/abc/picture?tenant=shop");
  const pieces = within(screen.getByRole("list", { name: t.pieces }));
  expect(pieces.getByText("White shirt")).toBeTruthy();
  expect(pieces.getByText(t.gone)).toBeTruthy();
  expect(pieces.queryByRole("link")).toBeNull();
});

it("a link that was ended, or is incomplete, says so", async () => {
  show({ "GET /api/v1/shared-outfits/abc?tenant=shop": problem(404, "not_found") });
  await screen.findByText(t.linkEnded);
});

it("a link without a token asks nothing", async () => {
  const calls = show({}, "");
  await screen.findByText(t.linkEnded);
  expect(calls.some((call) => call.path.includes("shared-outfits"))).toBe(false);
});
