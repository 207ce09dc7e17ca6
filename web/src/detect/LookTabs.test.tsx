import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { BOTTOMS, detected, TOP } from "../testing/detected";
import { texts } from "../texts";
import { boxOf } from "./garments";
import LookTabs from "./LookTabs";

const size = { width: 300, height: 400 };

it("the garments stand in a row after the whole photo, each with its part of the photo", async () => {
  const onBox = vi.fn();
  render(<LookTabs image="blob:x" size={size} garments={[TOP, BOTTOMS]} box={boxOf(BOTTOMS)} onBox={onBox} />);
  const row = within(screen.getByRole("group", { name: texts.detect.title }));
  expect(row.getAllByRole("button").map((one) => one.textContent)).toEqual(["Whole photo", "Top", "Bottoms"]);
  row.getByRole("button", { name: "Bottoms, garment 2 of 2", pressed: true });
  const picture = row.getByRole("button", { name: "Top, garment 1 of 2", pressed: false }).querySelector("img");
  // The square around the top has 160 of 300 pixels.
  expect(picture?.style.width).toBe("187.5%");
  expect(picture?.style.height).toBe("250%");
  expect(picture?.style.left).toBe("-6.25%");
  await userEvent.click(row.getByRole("button", { name: "Top, garment 1 of 2" }));
  expect(onBox).toHaveBeenLastCalledWith(boxOf(TOP));
  await userEvent.click(row.getByRole("button", { name: "Whole photo", pressed: false }));
  expect(onBox).toHaveBeenLastCalledWith(undefined);
});

it("a frame around something else, in a photo that the browser cannot show, is no garment of the row", () => {
  render(<LookTabs image={undefined} size={size} garments={[detected("hats of wool", [0.1, 0.1, 0.3, 0.3])]} box={[0.5, 0.5, 0.9, 0.9]} onBox={vi.fn()} />);
  screen.getByRole("group", { name: texts.detect.part });
  screen.getByRole("button", { name: "Hats of wool, garment 1 of 1", pressed: false });
  screen.getByRole("button", { name: "Whole photo", pressed: false });
  expect(document.querySelector("img")).toBeNull();
});
