import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { BOTTOMS, TOP } from "../testing/detected";
import { drawnAt } from "../testing/drawn";
import { boxOf } from "./garments";
import GarmentOverlay from "./GarmentOverlay";
import type { PhotoBox } from "./box";

beforeEach(() => drawnAt(300, 400));

function show(box?: PhotoBox, live = false) {
  const onBox = vi.fn();
  render(<GarmentOverlay ratio={0.75} garments={[TOP, BOTTOMS]} box={box} live={live} onBox={onBox} />);
  return onBox;
}

it("each garment is a button with its kind and its place, which searches with it", async () => {
  const onBox = show();
  const dot = screen.getByRole("button", { name: "Top, garment 1 of 2", pressed: false });
  expect(dot.style.left).toBe("90px");
  expect(dot.style.top).toBe("120px");
  await userEvent.tab();
  expect(document.activeElement).toBe(dot);
  await userEvent.tab();
  await userEvent.keyboard("{Enter}");
  expect(onBox).toHaveBeenLastCalledWith(boxOf(BOTTOMS));
});

it("the garment that is searched with is shown, and choosing it again leads to the whole photo", async () => {
  const onBox = show(boxOf(TOP));
  expect(document.querySelector<HTMLElement>(".garment-frame span")?.style.width).toBe("40%");
  await userEvent.click(screen.getByRole("button", { name: "Top, garment 1 of 2", pressed: true }));
  expect(onBox).toHaveBeenLastCalledWith(undefined);
});

it("where there is room, the frame is moved by arrow keys, and what it is let go around is searched with", async () => {
  const onBox = show(boxOf(TOP), true);
  const frame = await screen.findByRole("group", { name: "Part of the photo to search with" });
  expect(document.querySelector(".garment-frame")).toBeNull();
  frame.focus();
  await userEvent.keyboard("{ArrowRight}");
  expect(onBox).toHaveBeenCalledTimes(1);
  const [left, top, right, bottom] = onBox.mock.lastCall?.[0] as PhotoBox;
  expect(left).toBeCloseTo(0.1 + 1 / 300, 3);
  expect([top, bottom]).toEqual([0.1, 0.5]);
  expect(right - left).toBeCloseTo(0.4, 3);
});
