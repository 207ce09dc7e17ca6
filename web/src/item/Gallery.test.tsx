import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { loadLanguage } from "../language/language";
import { renderAt } from "../testing/app";
import { item } from "../testing/found";
import { local } from "../testing/people";
import { serve } from "../testing/server";
import { Details } from "./Details";
import { Gallery } from "./Gallery";

// It is loaded when it is wanted, for which a busy machine takes longer than a test waits.
beforeAll(() => import("./Lightbox"), 60_000);
afterEach(() => vi.restoreAllMocks());

const images = ["7", "8", "9"].map((id) => ({ id, url: `/images/${id}`, thumbnail_url: `/images/${id}/thumbnail`, width: 600, height: 800 }));
const shown = () => document.querySelector(".gallery-main img")?.getAttribute("src");

async function show(of = images) {
  serve({ "GET /api/v1/auth/me": local() });
  const onSearch = vi.fn();
  const onSearchPart = vi.fn();
  renderAt("/", [<input key="1" aria-label="field" />, <Gallery key="2" item={item({ images: of })} onSearch={onSearch} onSearchPart={onSearchPart} />]);
  await screen.findByRole("region", { name: "Photos" });
  return { onSearch, onSearchPart };
}

it("arrow keys turn the photos, except in a field", async () => {
  await show();
  expect(shown()).toBe("/images/7");
  await userEvent.keyboard("{ArrowRight}");
  expect(shown()).toBe("/images/8");
  await userEvent.keyboard("{ArrowLeft}{ArrowLeft}");
  expect(shown()).toBe("/images/9");
  screen.getByRole("textbox", { name: "field" }).focus();
  await userEvent.keyboard("{ArrowRight}");
  expect(shown()).toBe("/images/9");
});

it("swiping turns the photos, scrolling and the mouse do not", async () => {
  await show();
  const main = document.querySelector(".gallery-main") ?? document.body;
  const drag = (dx: number, dy: number, pointerType = "touch") => {
    fireEvent.pointerDown(main, { clientX: 200, clientY: 200, pointerType, isPrimary: true });
    fireEvent.pointerUp(main, { clientX: 200 + dx, clientY: 200 + dy, pointerType, isPrimary: true });
  };
  drag(-80, 5);
  expect(shown()).toBe("/images/8");
  drag(80, 5);
  expect(shown()).toBe("/images/7");
  drag(-80, 120);
  drag(-20, 0);
  drag(-80, 0, "mouse");
  expect(shown()).toBe("/images/7");
});

it("from right to left, the next photo is to the left", async () => {
  await loadLanguage("ar");
  try {
    await show();
    await userEvent.keyboard("{ArrowLeft}");
    expect(shown()).toBe("/images/8");
    await userEvent.keyboard("{ArrowRight}");
    expect(shown()).toBe("/images/7");
    const main = document.querySelector(".gallery-main") ?? document.body;
    fireEvent.pointerDown(main, { clientX: 200, clientY: 200, pointerType: "touch", isPrimary: true });
    fireEvent.pointerUp(main, { clientX: 280, clientY: 205, pointerType: "touch", isPrimary: true });
    expect(shown()).toBe("/images/8");
  } finally {
    await loadLanguage("en");
  }
});

it("the shown photo is searched with, whole or in part", async () => {
  const { onSearch, onSearchPart } = await show();
  await userEvent.click(screen.getByRole("button", { name: "Show photo 2" }));
  await userEvent.click(screen.getByRole("button", { name: "Search with this photo" }));
  expect(onSearch).toHaveBeenCalledWith(images[1]);
  await userEvent.click(screen.getByRole("button", { name: "Find similar to this part" }));
  expect(onSearchPart).toHaveBeenCalledWith(images[1]);
});

it("the photo fills the window, is enlarged, and turned by the arrow keys", async () => {
  await show();
  await userEvent.click(screen.getByRole("button", { name: "Zoom the photo" }));
  const opened = await screen.findByRole("dialog", { name: "Photo 1 of 3" });
  await waitFor(() => expect(opened.contains(document.activeElement)).toBe(true));
  await userEvent.keyboard("{ArrowRight}");
  const dialog = await screen.findByRole("dialog", { name: "Photo 2 of 3" });
  expect(dialog.querySelector(".lightbox-photo img")?.getAttribute("src")).toBe("/images/8");
  const enlarge = screen.getByRole("button", { name: "Enlarge" });
  await userEvent.click(enlarge);
  expect(enlarge.getAttribute("aria-pressed")).toBe("true");
  // An enlarged photo is moved by the arrow keys.
  await userEvent.keyboard("{ArrowRight}");
  screen.getByRole("dialog", { name: "Photo 2 of 3" });
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Zoom the photo" }));
});

it("who says what is known is told on request", async () => {
  serve({ "GET /api/v1/auth/me": local() });
  renderAt("/", <Details item={item()} />);
  await userEvent.click(await screen.findByRole("button", { name: "Where is this from?" }));
  screen.getByText("from the description");
  expect(document.querySelector(".properties")?.textContent).toContain("Categoryouterwearfrom the seller");
  await userEvent.click(screen.getByRole("button", { name: "Hide where it is from" }));
  expect(screen.queryByText("from the description")).toBeNull();
});
