import { render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { ErrorBoundary } from "./ErrorBoundary";

it("what fails outside of the pages leaves a way back", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const Broken = () => {
    throw new Error("Minified React error #185");
  };
  render(<ErrorBoundary><Broken /></ErrorBoundary>);
  expect(screen.getByRole("heading", { name: "This page has failed" })).toBeTruthy();
  expect(screen.getByRole("link", { name: "Go to search" }).getAttribute("href")).toBe("/");
  expect(document.body.textContent).not.toContain("185");
});
