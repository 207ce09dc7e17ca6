import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ImportJob, ImportPreview } from "../api/imports";
import { ImportPanel } from "../catalogue/ImportPanel";
import { renderAt } from "../testing/app";
import { user } from "../testing/people";
import { serve } from "../testing/server";
import { texts } from "../texts";

const t = texts.imports;

beforeEach(() => sessionStorage.clear());
afterEach(() => vi.restoreAllMocks());

const job = (more: Partial<ImportJob> = {}): ImportJob => ({
  id: "5",
  state: "ready",
  file: { name: "herbst.csv", size_bytes: 100, format: "table" },
  source: "herbst",
  format: "",
  mapping: { nummer: "external_id" },
  overwrite: false,
  progress: { done: 0, total: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, warnings: 0, kept: 0 },
  read_as: "",
  remarks: [],
  warned: [],
  error: null,
  can_undo: false,
  job_id: null,
  created_by: "key:1",
  created_at: "2026-11-22T02:30:00Z",
  started_at: null,
  ended_at: null,
  undo: null,
  ...more,
});

const preview = (more: Partial<ImportPreview> = {}): ImportPreview => ({
  import: job(),
  read_as: "our own columns",
  remarks: [],
  columns: [
    { name: "Nummer", key: "nummer", field: "external_id", suggestion: "external_id", known: false, samples: ["a1", "a2"] },
    { name: "title", key: "title", field: "title", suggestion: "", known: true, samples: ["Coat"] },
  ],
  fields: ["external_id", "title", "price"],
  is_remembered: false,
  rows: [
    {
      line: 2,
      is_new: true,
      item: { source: "herbst", external_id: "a1", title: "Coat", description: "", brand: "", price: 12.5, currency: "EUR", size: "", url: "", status: "active", properties: { category: "outerwear" }, images: ["sent"] },
      reject: null,
      warned: [],
    },
    { line: 3, is_new: true, item: null, reject: { line: 3, external_id: "", title: "Hat", field: "external_id", value: "", reason: "must not be empty" }, warned: [] },
  ],
  problem: null,
  ...more,
});

const DONE = { done: 3, total: 3, created: 2, updated: 0, unchanged: 0, rejected: 1, warnings: 0, kept: 0 };
const done = job({ state: "done", progress: DONE, can_undo: true, started_at: "2026-11-22T02:30:00Z", ended_at: "2026-11-22T02:30:05Z" });

const choose = (name: string) => fireEvent.change(screen.getByTestId("import-file"), { target: { files: [new File(["x"], name)] } });

it("a file is uploaded, previewed, mapped and imported", async () => {
  let state = job();
  const calls = serve({
    "GET /api/v1/auth/me": user("editor"),
    "GET /api/v1/imports?limit=20": { imports: [] },
    "POST /api/v1/imports?name=herbst.csv": preview(),
    "GET /api/v1/imports/5": () => state,
    "POST /api/v1/imports/5/preview": (body: { mapping: Record<string, string> }) => preview({ import: job({ mapping: body.mapping }) }),
    "POST /api/v1/imports/5/start": () => (state = done),
    "GET /api/v1/imports/5/rejects?limit=1000": {
      rejects: [{ number: 1, line: 3, external_id: "", title: "Hat", field: "external_id", value: "", reason: "must not be empty", row: "" }],
      total: 1,
    },
  });
  renderAt("/catalogue", <ImportPanel />);
  await screen.findByRole("heading", { name: texts.catalogue.importTitle });
  choose("herbst.csv");
  const rows = within(await screen.findByRole("region", { name: t.preview })).getAllByRole("row");
  expect(rows[1]?.textContent).toBe(`${t.willCreate}a1Coat€12.50outerwear1`);
  expect(rows[3]?.textContent).toContain("must not be empty");
  fireEvent.change(screen.getByLabelText(t.meaningOf("title")), { target: { value: "price" } });
  await waitFor(() => expect(calls.at(-1)?.body).toEqual({ mapping: { nummer: "external_id", title: "price" } }));
  const go = screen.getByRole("button", { name: texts.catalogue.start("herbst.csv") });
  await waitFor(() => expect((go as HTMLButtonElement).disabled).toBe(false));
  fireEvent.click(go);
  await screen.findByRole("heading", { name: t.states.done });
  const rejects = await screen.findByRole("region", { name: texts.catalogue.rejects });
  await waitFor(() => expect(within(rejects).getAllByRole("row")[1]?.textContent).toBe(`3Hat${t.fields.external_id}must not be empty`));
  expect(sessionStorage.getItem("import")).toBe("5");
});

it("after a reload the same import is shown, and can be undone", async () => {
  sessionStorage.setItem("import", "5");
  let state = done;
  serve({
    "GET /api/v1/auth/me": user("editor"),
    "GET /api/v1/imports?limit=20": { imports: [] },
    "GET /api/v1/imports/5": () => state,
    "GET /api/v1/imports/5/rejects?limit=1000": { rejects: [], total: 1 },
    "POST /api/v1/imports/5/undo": () =>
      (state = job({
        state: "undone",
        undo: { deleted: 1, restored: 0, changed_since: 1, removed_since: 0, open: 0, kept: [{ source: "herbst", external_id: "a1", title: "Coat", reason: "changed" }] },
      })),
  });
  renderAt("/catalogue", <ImportPanel />);
  await screen.findByRole("heading", { name: t.states.done });
  fireEvent.click(screen.getByRole("button", { name: t.undo }));
  const sure = await screen.findByRole("alertdialog");
  fireEvent.click(within(sure).getByRole("button", { name: t.undo }));
  await screen.findByRole("heading", { name: t.states.undone });
  expect(screen.getByText(t.left(1))).toBeTruthy();
  expect(screen.getByText(t.leftWhy.changed)).toBeTruthy();
});

it("a file without a column for the id says which one it needs", async () => {
  serve({
    "GET /api/v1/auth/me": user("editor"),
    "GET /api/v1/imports?limit=20": { imports: [] },
    "POST /api/v1/imports?name=herbst.csv": preview({ rows: [], problem: { field: "external_id", reason: "the header has no such column" } }),
    "GET /api/v1/imports/5": job(),
  });
  renderAt("/catalogue", <ImportPanel />);
  await screen.findByRole("heading", { name: texts.catalogue.importTitle });
  choose("herbst.csv");
  const problem = await screen.findByRole("alert");
  expect(problem.textContent).toContain(t.unreadable(t.fields.external_id));
  expect(screen.getByRole<HTMLButtonElement>("button", { name: texts.catalogue.start("herbst.csv") }).disabled).toBe(true);
});
