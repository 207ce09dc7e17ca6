import { act, render, screen } from "@testing-library/react";
import { useEffect, useState } from "react";
import { expect, it } from "vitest";
import { Notices, useNotice, type Notice } from "./Notices";

it("effects may depend on the function that shows a notice", () => {
  const seen = new Set<Notice>();
  let renders = 0;
  let rerender: (n: number) => void = () => undefined;
  function User() {
    const notice = useNotice();
    const [, set] = useState(0);
    rerender = set;
    seen.add(notice);
    ++renders;
    // Without a stable function this effect would run after each render, and each of its notices would cause another one.
    useEffect(() => notice("The photo is missing"), [notice]);
    return null;
  }
  render(<Notices><User /></Notices>);
  act(() => rerender(1));
  expect(seen.size).toBe(1);
  expect(renders).toBe(2); // the notice itself renders none of its users
  expect(screen.getAllByText("The photo is missing")).toHaveLength(1);
});

it("a notice that is shown is not shown twice", () => {
  let notice: Notice = () => undefined;
  function User() {
    const own = useNotice();
    useEffect(() => {
      notice = own;
    }, [own]);
    return null;
  }
  render(<Notices><User /></Notices>);
  act(() => {
    notice("Saved");
    notice("Saved");
  });
  expect(screen.getAllByText("Saved")).toHaveLength(1);
});
