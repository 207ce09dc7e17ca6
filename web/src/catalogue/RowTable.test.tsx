import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { texts } from "../texts";
import { RowTable } from "./RowTable";

const rowsOf = (n: number) => Array.from({ length: n }, (_, i) => [String(i + 1), "price", `reason ${i + 1}`]);
// Queries by role are slow in large tables.
const shown = () => document.querySelectorAll("tbody tr").length;
const more = (n: number) => userEvent.click(screen.getByText(texts.catalogue.moreRows(n)));

it("every row can be shown, 200 at a time", async () => {
  render(<RowTable title="Rejected" photos={false} columns={["Field", "Reason"]} rows={rowsOf(450)} total={450} />);
  expect(shown()).toBe(200);
  await more(200);
  expect(shown()).toBe(400);
  await more(50);
  expect(shown()).toBe(450);
  expect(screen.getByText("reason 450")).toBeTruthy();
  expect(document.querySelector("button")).toBeNull();
});

it("few rows are shown whole", () => {
  render(<RowTable title="Rejected" photos={false} columns={["Field", "Reason"]} rows={rowsOf(3)} total={5} />);
  expect(shown()).toBe(3);
  expect(document.querySelector("button")).toBeNull();
  expect(screen.getByText(texts.catalogue.rejectsFirst(3))).toBeTruthy();
});
