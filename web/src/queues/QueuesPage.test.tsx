import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { Job, JobDetail, Queue } from "../api/jobs";
import { renderAt } from "../testing/app";
import { user } from "../testing/people";
import { problem, serve, type Call } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { assetOf } from "./DeadLetterRow";
import { QueuesPage } from "./QueuesPage";

afterEach(() => vi.restoreAllMocks());

const t = texts.queues;
const at = "2026-11-29T10:00:00Z";
const queue = (more: Partial<Queue> = {}): Queue => ({
  name: "asset",
  waiting: 12,
  delayed: 3,
  running: 2,
  dead: 1,
  oldest_waiting_at: at,
  paused: false,
  paused_until: null,
  pause_reason: "",
  breaker_failures: 0,
  ...more,
});
const dead: Job = {
  id: "31",
  kind: "asset",
  state: "dead",
  priority: 0,
  submitter: "key:7",
  attempt: 1,
  max_attempts: 5,
  created_at: at,
  run_at: at,
  started_at: at,
  finished_at: at,
  cancel_requested: false,
  error: { class: "bad_input", code: "malformed", message: "is cut short", field: "file" },
  retried_from: null,
  retried_as: null,
};
const other: Job = { ...dead, id: "32", kind: "label", attempt: 5, error: { class: "transient", code: "internal", message: "the model failed", field: "" } };
const detailOf = (job: Job, payload: unknown): JobDetail => ({
  ...job,
  payload,
  failed_attempts: [{ attempt: 1, started_at: at, ended_at: at, error: job.error! }],
});
const DEAD = "GET /api/v1/admin/dlq?limit=20";

function show(answers: Record<string, unknown> = {}, me = user()): Call[] {
  const calls = serve({
    "GET /api/v1/auth/me": me,
    "GET /api/v1/queues": { queues: [queue()] },
    [DEAD]: { jobs: [dead, other] },
    "GET /api/v1/admin/dlq/31": detailOf(dead, { asset: "5" }),
    "GET /api/v1/admin/dlq/32": detailOf(other, { cluster: "8" }),
    "GET /api/v1/assets/5": { id: "5", name: "coat.jpg", thumbnail_url: "/api/v1/assets/5/thumbnail", media_type: "image/jpeg" },
    "GET /api/v1/admin/dlq/retry": problem(404, "not_found"),
    "GET /metrics": new Response("", { headers: { "Content-Type": "text/plain" } }),
    ...answers,
  });
  renderAt("/studio/queues", <QueuesPage />);
  return calls;
}
const sent = (calls: Call[], method: string, path: string) => calls.find((one) => one.method === method && one.path === path);

it("the asset of a job is in its settings", () => {
  expect(assetOf({ asset: "5" })).toBe("5");
  expect(assetOf({ asset: 5 })).toBeUndefined();
  expect(assetOf(null)).toBeUndefined();
});

it("each queue shows what waits and why it stands still", async () => {
  show({ "GET /api/v1/queues": { queues: [queue(), queue({ name: "label", paused: true, pause_reason: "a repair", breaker_failures: 3 })] } });
  const row = (await screen.findByRole("rowheader", { name: t.kinds.asset })).closest("tr")!;
  expect([...row.querySelectorAll("td")].slice(0, 4).map((cell) => cell.textContent)).toEqual(["12", "3", "2", "1"]);
  const still = screen.getByText(t.kinds.label!, { selector: ".queue-name" }).closest("tr")!;
  within(still).getByText(t.pausedForever);
  within(still).getByText("a repair");
  expect(still.textContent).toContain(t.breaker);
});

it("a dead letter names the person, and no number", async () => {
  const of = (id: string, submitter: string): Job => ({ ...dead, id, submitter });
  show({
    [DEAD]: { jobs: [of("31", "user:3"), of("32", "user:99"), of("33", "key:7"), of("34", "local")] },
    "GET /api/v1/users": { users: [user().user] },
    "GET /api/v1/admin/dlq/33": detailOf(dead, {}),
    "GET /api/v1/admin/dlq/34": detailOf(dead, {}),
  });
  await screen.findByText(new RegExp(t.from("Ada")));
  expect(screen.getByText(new RegExp(t.fromKind.user!))).toBeTruthy();
  expect(screen.getByText(new RegExp(t.fromKind.key!))).toBeTruthy();
  expect(document.body.textContent).not.toMatch(/user:|key:/);
});

it("a queue whose dependency is down is paused too, or tried at once", async () => {
  show({ "GET /api/v1/queues": { queues: [queue({ breaker_failures: 3 })] } });
  await screen.findByRole("button", { name: t.pauseNamed(t.kinds.asset!) });
  screen.getByRole("button", { name: t.resumeNamed(t.kinds.asset!) });
});

it("a queue is paused for a time, and resumed", async () => {
  let now = queue();
  const calls = show({
    "GET /api/v1/queues": () => ({ queues: [now] }),
    "POST /api/v1/queues/asset/pause": () => (now = queue({ paused: true })),
    "POST /api/v1/queues/asset/resume": () => (now = queue()),
  });
  const name = t.kinds.asset!;
  await userEvent.click(await screen.findByRole("button", { name: t.pauseNamed(name) }));
  await userEvent.selectOptions(screen.getByLabelText(t.howLong), "60");
  await userEvent.type(screen.getByLabelText(t.reason), " a repair ");
  await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: t.pause }));
  await userEvent.click(await screen.findByRole("button", { name: t.resumeNamed(name) }));
  await screen.findByRole("button", { name: t.pauseNamed(name) });
  const body = sent(calls, "POST", "/api/v1/queues/asset/pause")?.body as { until: string; reason: string };
  expect(body.reason).toBe("a repair");
  expect(Date.parse(body.until)).toBeGreaterThan(Date.now() + 50 * 60_000);
  expect(sent(calls, "POST", "/api/v1/queues/asset/resume")).toBeTruthy();
});

it("a pause until a time asks for one in the future", async () => {
  const calls = show();
  await userEvent.click(await screen.findByRole("button", { name: t.pauseNamed(t.kinds.asset!) }));
  await userEvent.selectOptions(screen.getByLabelText(t.howLong), "time");
  fireEvent.change(screen.getByLabelText(t.until), { target: { value: "2020-01-01T10:00" } });
  await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: t.pause }));
  await screen.findByText(t.untilWrong);
  expect(document.activeElement).toBe(screen.getByLabelText(t.until));
  expect(calls.some((one) => one.method === "POST")).toBe(false);
});

it("dead letters show their file and why they failed, and are retried and discarded", async () => {
  let letters = [dead, other];
  const calls = show({
    [DEAD]: () => ({ jobs: letters }),
    "POST /api/v1/admin/dlq/31/retry": () => ((letters = [other]), { ...dead, id: "40", state: "waiting" }),
    "DELETE /api/v1/admin/dlq/32": () => ((letters = []), new Response(null, { status: 204 })),
  });
  const row = (await screen.findByText("coat.jpg")).closest("li")!;
  expect(row.querySelector("img")?.getAttribute("src")).toBe("/api/v1/assets/5/thumbnail");
  expect(row.textContent).toContain(pageTexts.uploads.reasons.malformed);
  within(row).getByText("file: is cut short");
  await userEvent.click(within(row).getByRole("button", { name: t.retryNamed("coat.jpg") }));
  await waitFor(() => expect(screen.queryByText("coat.jpg")).toBeNull());
  await userEvent.click(screen.getByRole("button", { name: t.discardNamed(t.job("32")) }));
  expect(calls.some((one) => one.method === "DELETE")).toBe(false);
  await userEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: t.discard }));
  await screen.findByText(t.deadNone);
});

it("a reason that is about files is not said of other jobs", async () => {
  const gone = { ...other, error: { class: "bad_input" as const, code: "not_found", message: "there is no cluster 8", field: "" } };
  show({ [DEAD]: { jobs: [gone] }, "GET /api/v1/admin/dlq/32": { ...detailOf(gone, { cluster: "8" }), failed_attempts: [] } });
  await screen.findByText(`${t.causes.bad_input!}: there is no cluster 8`);
});

it("what the filter shows is retried together, and the run is stopped", async () => {
  const run = { running: true, retried: 4, gone: 0, started_at: at, error: null };
  let progress: unknown = problem(404, "not_found");
  const calls = show({
    [`${DEAD}&error_class=transient`]: { jobs: [other, { ...other, id: "33" }] },
    "GET /api/v1/admin/dlq/33": detailOf(other, {}),
    "GET /api/v1/admin/dlq/retry": () => progress,
    "POST /api/v1/admin/dlq/retry": () => (progress = run),
    "DELETE /api/v1/admin/dlq/retry": () => (progress = { ...run, running: false }),
  });
  await userEvent.selectOptions(await screen.findByLabelText(t.cause), "transient");
  await screen.findByText(t.job("33"));
  await userEvent.click(screen.getByRole("button", { name: t.retryAll }));
  await userEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: t.retry }));
  await screen.findByText(t.runGoes(4));
  expect(sent(calls, "POST", "/api/v1/admin/dlq/retry")?.body).toEqual({ error_class: "transient", per_second: 10 });
  await userEvent.click(screen.getByRole("button", { name: t.stop }));
  await screen.findByText(t.runEnded(4));
});

it("says when somebody else has decided", async () => {
  show({ "POST /api/v1/admin/dlq/31/retry": problem(404, "not_found") });
  await userEvent.click(await screen.findByRole("button", { name: t.retryNamed("coat.jpg") }));
  await screen.findByText(t.decided);
});

it("who does not look after the server sees no page", async () => {
  const calls = show({}, user("editor"));
  await waitFor(() => expect(calls.some((one) => one.path === "/api/v1/auth/me")).toBe(true));
  expect(screen.queryByText(t.lead)).toBeNull();
  expect(calls.some((one) => one.path === "/api/v1/queues")).toBe(false);
});
