// The import of this window. It belongs to the app and not to the catalogue page, which may be left and opened again while
// the import goes on. Closing or reloading the window would end it, so the browser asks first.
import { createContext, useContext, useSyncExternalStore } from "react";
import { ApiError } from "../api/client";
import { errorText } from "../shell/errorText";
import type { Progress, Source } from "./runImport";

export type ImportState =
  | { step: "choose" }
  | { step: "ready"; source: Source; name: string } // `name`: as typed, of the source
  | { step: "running" | "done" | "stopped"; source: Source; progress: Progress; error?: string; endedAt?: number };

// Sends the source and reports its progress, until it is done or `signal` is aborted.
export type ImportWork = (signal: AbortSignal, report: (now: Progress) => void) => Promise<Progress>;

// A refused file is described by the server, which names the file's own columns and lines.
const problemOf = (error: unknown) =>
  error instanceof ApiError && (error.status === 400 || error.status === 422) ? error.message : errorText(error);

const askBeforeUnload = (event: BeforeUnloadEvent) => event.preventDefault();

export class ImportRun {
  private state: ImportState = { step: "choose" };
  private readonly listeners = new Set<() => void>();
  private controller?: AbortController;

  constructor(private readonly onEnd: () => void) {}

  readonly get = () => this.state;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly set = (state: ImportState) => {
    this.state = state;
    for (const listener of this.listeners) listener();
  };

  readonly stop = () => this.controller?.abort();

  readonly start = async (source: Source, first: Progress, work: ImportWork) => {
    const controller = new AbortController();
    this.controller = controller;
    let progress = first;
    this.set({ step: "running", source, progress });
    window.addEventListener("beforeunload", askBeforeUnload);
    try {
      progress = await work(controller.signal, (now) => {
        progress = now;
        this.set({ step: "running", source, progress });
      });
      this.set({ step: "done", source, progress, endedAt: Date.now() });
    } catch (error) {
      this.set({ step: "stopped", source, progress, error: controller.signal.aborted ? undefined : problemOf(error), endedAt: Date.now() });
    } finally {
      window.removeEventListener("beforeunload", askBeforeUnload);
      this.onEnd();
    }
  };
}

export const ImportRunContext = createContext(new ImportRun(() => undefined));
export const useImportRun = () => useContext(ImportRunContext);

export function useImportState(): ImportState {
  const run = useImportRun();
  return useSyncExternalStore(run.subscribe, run.get);
}
