import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { renderAt } from "../testing/app";
import { item } from "../testing/found";
import { user } from "../testing/people";
import { problem, serve } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { ReviewPage } from "./ReviewPage";
import type { FlaggedItem } from "./reviews";
import { scoreList } from "./scoreList";

afterEach(() => vi.restoreAllMocks());

const t = pageTexts.review;
const at = "2026-11-29T10:00:00Z";
const coat: FlaggedItem = {
  item: item({ id: "4", title: "Coat", status: "flagged" }),
  listed_status: "sold",
  flags: [{ image_id: "7", reason: "porn", scores: { neutral: 0.02, porn: 0.97, drawing: 0.004 }, flagged_at: at }],
};
const scarf: FlaggedItem = {
  item: item({ id: "5", title: "Scarf", status: "flagged" }),
  listed_status: "active",
  flags: [{ image_id: "7", reason: "blocked", scores: null, flagged_at: at }],
};

function show(answers: Record<string, unknown>, me = user("editor")) {
  const calls = serve({ "GET /api/v1/auth/me": me, "GET /api/v1/content/flagged": { items: [coat, scarf], total: 2 }, ...answers });
  renderAt("/studio/review", <ReviewPage />);
  return calls;
}

it("scores are whole percents, the largest first", () => {
  expect(scoreList(coat.flags[0]!)).toEqual([
    ["porn", 97],
    ["neutral", 2],
  ]);
  expect(scoreList(scarf.flags[0]!)).toEqual([]);
});

it("each item shows its photo, the reason, the scores and what it becomes", async () => {
  show({});
  const rows = await screen.findAllByRole("button", { name: /^Approve/ });
  expect(rows).toHaveLength(2);
  screen.getByText(t.waiting(2));
  const first = screen.getByText("Coat").closest("li")!;
  within(first).getByText(t.looksLike("porn"));
  within(first).getByText("porn 97 %");
  expect(first.textContent).toContain(t.becomes(texts.status.sold!));
  expect(within(first).getByAltText<HTMLImageElement>(t.photoOf("Coat")).src).toContain("/images/7/thumbnail");
  within(screen.getByText("Scarf").closest("li")!).getByText(t.blocked);
});

it("items are approved, and removed after a question", async () => {
  let items = [coat, scarf];
  const calls = show({
    "GET /api/v1/content/flagged": () => ({ items, total: items.length }),
    "POST /api/v1/content/flagged/4/approve": () => ((items = [scarf]), coat.item),
    "DELETE /api/v1/content/flagged/5": () => ((items = []), new Response(null, { status: 204 })),
  });
  await userEvent.click(await screen.findByRole("button", { name: t.approveNamed("Coat") }));
  await waitFor(() => expect(screen.queryByText("Coat")).toBeNull());
  await userEvent.click(screen.getByRole("button", { name: t.removeNamed("Scarf") }));
  expect(calls.some((one) => one.method === "DELETE")).toBe(false);
  await userEvent.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: t.remove }));
  await screen.findByText(t.none);
});

it("says when somebody else has decided", async () => {
  show({ "POST /api/v1/content/flagged/4/approve": problem(404, "not_found") });
  await userEvent.click(await screen.findByRole("button", { name: t.approveNamed("Coat") }));
  await screen.findByText(t.decided);
});

it("further pages follow", async () => {
  const calls = show({
    "GET /api/v1/content/flagged": { items: [coat], total: 2, next_after: "4" },
    "GET /api/v1/content/flagged?after=4": { items: [scarf], total: 2 },
  });
  await userEvent.click(await screen.findByRole("button", { name: texts.more }));
  await screen.findByText("Scarf");
  expect(calls.filter((one) => one.path.startsWith("/api/v1/content/flagged")).at(-1)?.path).toBe("/api/v1/content/flagged?after=4");
  expect(screen.queryByRole("button", { name: texts.more })).toBeNull();
});

it("who may not review sees no page", async () => {
  const calls = show({}, user("viewer"));
  await waitFor(() => expect(calls.some((one) => one.path === "/api/v1/auth/me")).toBe(true));
  expect(screen.queryByText(t.lead)).toBeNull();
  expect(calls.some((one) => one.path === "/api/v1/content/flagged")).toBe(false);
});
