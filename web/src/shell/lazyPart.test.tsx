import { render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { texts } from "../texts";
import { lazyPart } from "./lazyPart";
import { Notices } from "./Notices";

afterEach(() => vi.restoreAllMocks());

const Dialog = ({ title }: { title: string }) => <p>{title}</p>;

it("a part that cannot be loaded says so, closes, and is loaded again when it is shown again", async () => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  const load = vi
    .fn<() => Promise<{ default: typeof Dialog }>>()
    .mockRejectedValueOnce(new TypeError("Failed to fetch dynamically imported module: /assets/x.js"))
    .mockResolvedValue({ default: Dialog });
  const Part = lazyPart(load);
  const fail = vi.fn();
  const first = render(<Notices><Part title="the dialog" fallback={<i>…</i>} onFail={fail} /></Notices>);
  await screen.findByText(texts.errors.partOffline);
  expect(fail).toHaveBeenCalledOnce();
  expect(screen.queryByText("the dialog")).toBeNull();
  first.unmount();
  render(<Notices><Part title="the dialog" onFail={fail} /></Notices>);
  await screen.findByText("the dialog");
  expect(fail).toHaveBeenCalledOnce();
});

it("a part whose place is gone when it arrives does nothing", async () => {
  let fail: (error: unknown) => void = () => undefined;
  const Part = lazyPart(() => new Promise<{ default: typeof Dialog }>((_, reject) => (fail = reject)));
  const failed = vi.fn();
  const view = render(<Notices><Part title="x" onFail={failed} /></Notices>);
  view.rerender(<Notices>{null}</Notices>);
  fail(new Error("late"));
  await waitFor(() => expect(screen.queryByText(texts.errors.unexpected)).toBeNull());
  expect(failed).not.toHaveBeenCalled();
});
