import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/client";
import { texts } from "../texts";
import { ImportRun, type ImportWork } from "./importRun";
import { start, type Source } from "./runImport";

afterEach(() => vi.restoreAllMocks());

const source: Source = { name: "shop", photos: [{ file: new File(["x"], "a.jpg"), path: "a.jpg" }], skipped: [] };

// Whether the browser would ask before it closes or reloads the window.
function asksBeforeUnload(): boolean {
  const event = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
}

// An import that goes on until it is told to end.
function held() {
  let end: (error?: Error) => void = () => undefined;
  const work: ImportWork = (signal, report) =>
    new Promise((resolve, reject) => {
      const now = { ...start(), share: 0.4, created: 12 };
      report(now);
      signal.addEventListener("abort", () => reject(signal.reason as Error));
      end = (error) => (error === undefined ? resolve({ ...now, share: 1 }) : reject(error));
    });
  return { work, end: (error?: Error) => end(error) };
}

describe("an import", () => {
  it("goes on when its page is left, and is found again", async () => {
    const ended = vi.fn();
    const run = new ImportRun(ended);
    const { work, end } = held();
    const page = vi.fn();
    const leave = run.subscribe(page);
    const done = run.start(source, start(), work);
    expect(page).toHaveBeenCalled();
    leave();
    expect(run.get()).toMatchObject({ step: "running", progress: { created: 12 } });
    end();
    await done;
    expect(run.get()).toMatchObject({ step: "done", source, progress: { share: 1 } });
    expect(ended).toHaveBeenCalledOnce();
  });

  it("makes the browser ask before the window is closed, as long as it runs", async () => {
    const run = new ImportRun(() => undefined);
    const { work, end } = held();
    expect(asksBeforeUnload()).toBe(false);
    const done = run.start(source, start(), work);
    expect(asksBeforeUnload()).toBe(true);
    end();
    await done;
    expect(asksBeforeUnload()).toBe(false);
  });

  it("is stopped from any page, and keeps its counts", async () => {
    const run = new ImportRun(() => undefined);
    const done = run.start(source, start(), held().work);
    run.stop();
    await done;
    expect(run.get()).toMatchObject({ step: "stopped", error: undefined, progress: { created: 12 } });
    expect(asksBeforeUnload()).toBe(false);
  });

  it.each([
    [new ApiError("line 1: has no column external_id", 422, "body"), "line 1: has no column external_id"], // of the person's own file
    [new ApiError("no space left on device", 507), texts.errors.full],
    [new ApiError("", 0), texts.errors.unreachableLead],
  ])("that failed says why", async (error, text) => {
    const run = new ImportRun(() => undefined);
    const { work, end } = held();
    const done = run.start(source, start(), work);
    end(error);
    await done;
    expect(run.get()).toMatchObject({ step: "stopped", error: text });
  });
});
