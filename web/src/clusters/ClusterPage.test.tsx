import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { ClusterDetail, ClusterMember } from "../api/clusters";
import { renderAt } from "../testing/app";
import { user } from "../testing/people";
import { problem, serve, type Call } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { ClusterPage } from "./ClusterPage";
import { differing } from "./differing";

afterEach(() => vi.restoreAllMocks());

const t = pageTexts.clusters;
const at = "2026-11-29T10:00:00Z";
const member = (id: string, title: string, photo_id = id): ClusterMember => ({
  image_id: id,
  item_id: `${id}0`,
  url: `/images/${id}`,
  thumbnail_url: `/images/${id}/thumbnail`,
  title,
  photo_id,
  similarity: 0.97,
});
const detail = (more: Partial<ClusterDetail> = {}): ClusterDetail => ({
  id: "4",
  label: "Rust dress",
  label_origin: "person",
  size: 3,
  photos: 2,
  centre: { image_id: "7", item_id: "70", url: "/images/7", thumbnail_url: "/images/7/thumbnail", title: "Front" },
  created_at: at,
  updated_at: at,
  labels: [{ field: "primary_color", value: "red", language: "en", confidence: 0.9, origin: "model", person: null, model: "palette", model_version: "1", created_at: at }],
  members: [member("7", "Front"), member("8", "Back"), member("9", "Front again", "7")],
  next_cursor: null,
  ...more,
});
const other = { ...detail({ id: "5", label: "Blue coat", size: 1, photos: 1 }) };

function show(answers: Record<string, unknown> = {}, me = user("editor")): Call[] {
  const calls = serve({
    "GET /api/v1/auth/me": me,
    "GET /api/v1/clusters/4": detail(),
    "GET /api/v1/clusters?order=size&min_size=1": { clusters: [detail(), other], next_cursor: null },
    ...answers,
  });
  renderAt("/clusters/$id", <ClusterPage />, null, "/clusters/4");
  return calls;
}
const bodies = (calls: Call[], path: string) => calls.filter((one) => one.method === "POST" && one.path === path).map((one) => one.body);

it("one selected photo differs from the centre, the later of two from the first", () => {
  expect(differing([], "7")).toBeUndefined();
  expect(differing(["7"], "7")).toBeUndefined();
  expect(differing(["8"], "7")).toEqual(["8", "7"]);
  expect(differing(["8", "9"], "7")).toEqual(["9", "8"]);
  expect(differing(["7", "8", "9"], "7")).toBeUndefined();
});

it("shows the photos, which of them are copies, and what is said of them", async () => {
  show();
  await screen.findByRole("heading", { name: "Rust dress" });
  const back = screen.getByRole("link", { name: "Back" });
  expect(back.getAttribute("href")).toBe("/items/80");
  within(screen.getByText("Front again").closest("li")!).getByText(t.copy);
  within(screen.getByText("Front").closest("li")!).getByText(t.centre);
  within(screen.getByRole("region", { name: t.properties })).getByText("red");
});

it("shows a file that is no piece, and leads to its picture", async () => {
  const { item_id: _, ...photo } = member("4611686018427387907", "coat.jpg");
  const file = { ...photo, asset_id: "3", url: "/api/v1/assets/3/frames/1", thumbnail_url: "/api/v1/assets/3/frames/1/thumbnail" };
  const calls = show({
    "GET /api/v1/clusters/4": detail({ members: [member("7", "Front"), file] }),
    "POST /api/v1/clusters/4/split": { cluster: other, rest: detail() },
  });
  const link = await screen.findByRole("link", { name: "coat.jpg" });
  expect(link.getAttribute("href")).toBe("/api/v1/assets/3/frames/1");
  expect(link.querySelector("img")?.getAttribute("src")).toBe("/api/v1/assets/3/frames/1/thumbnail");
  await userEvent.click(screen.getByLabelText(t.select("coat.jpg")));
  await userEvent.click(screen.getByRole("button", { name: t.split }));
  await waitFor(() => expect(bodies(calls, "/api/v1/clusters/4/split")).toEqual([{ image_ids: ["4611686018427387907"] }]));
});

it("photos are split off, but not all of them", async () => {
  let now = detail();
  const calls = show({
    "GET /api/v1/clusters/4": () => now,
    "POST /api/v1/clusters/4/split": () => ((now = detail({ size: 2, members: [member("7", "Front"), member("9", "Front again", "7")] })), { cluster: other, rest: now }),
  });
  for (const name of ["Front", "Front again", "Back"]) await userEvent.click(await screen.findByLabelText(t.select(name)));
  expect(screen.getByRole<HTMLButtonElement>("button", { name: t.split }).disabled).toBe(true);
  await userEvent.click(screen.getByRole("button", { name: t.clear }));
  await userEvent.click(screen.getByLabelText(t.select("Back")));
  await userEvent.click(screen.getByRole("button", { name: t.split }));
  await waitFor(() => expect(screen.queryByText("Back")).toBeNull());
  expect(bodies(calls, "/api/v1/clusters/4/split")).toEqual([{ image_ids: ["8"] }]);
});

it("what differs is remembered, and a rebuild that goes on is told", async () => {
  const calls = show({ "POST /api/v1/clusters/not-same": problem(409, "conflict") });
  await userEvent.click(await screen.findByLabelText(t.select("Back")));
  await userEvent.click(screen.getByRole("button", { name: t.notSame }));
  await screen.findByText(t.rebuilding);
  expect(bodies(calls, "/api/v1/clusters/not-same")).toEqual([{ image_id: "8", other_image_id: "7" }]);
});

it("photos are moved to a cluster that is chosen", async () => {
  const calls = show({ "POST /api/v1/clusters/move": other });
  await userEvent.click(await screen.findByLabelText(t.select("Back")));
  await userEvent.click(screen.getByLabelText(t.select("Front")));
  await userEvent.click(screen.getByRole("button", { name: t.move }));
  const dialog = screen.getByRole("dialog");
  await userEvent.click(await within(dialog).findByLabelText(/Blue coat/));
  expect(within(dialog).queryByLabelText(/Rust dress/)).toBeNull();
  await userEvent.click(within(dialog).getByRole("button", { name: t.moveGo }));
  await screen.findByText(t.moved);
  expect(bodies(calls, "/api/v1/clusters/move")).toEqual([
    { image_id: "8", cluster_id: "5" },
    { image_id: "7", cluster_id: "5" },
  ]);
});

it("a cluster ends with its last photo, whose copies go along", async () => {
  show({
    "GET /api/v1/clusters/4": detail({ size: 2, photos: 1, members: [member("7", "Front"), member("9", "Front again", "7")] }),
    "POST /api/v1/clusters/move": other,
  });
  await userEvent.click(await screen.findByLabelText(t.select("Front")));
  await userEvent.click(screen.getByRole("button", { name: t.move }));
  const dialog = screen.getByRole("dialog");
  await userEvent.click(await within(dialog).findByLabelText(/Blue coat/));
  await userEvent.click(within(dialog).getByRole("button", { name: t.moveGo }));
  await waitFor(() => expect(screen.queryByText("Front again")).toBeNull());
});

it("a cluster is renamed", async () => {
  let now = detail();
  const calls = show({ "GET /api/v1/clusters/4": () => now, "POST /api/v1/clusters/4/label": () => (now = detail({ label: "Orange dress" })) });
  await userEvent.click(await screen.findByRole("button", { name: t.rename }));
  const name = screen.getByLabelText(t.name);
  await userEvent.clear(name);
  await userEvent.type(name, "Orange dress");
  await userEvent.click(screen.getByRole("button", { name: t.save }));
  await screen.findByRole("heading", { name: "Orange dress" });
  expect(bodies(calls, "/api/v1/clusters/4/label")).toEqual([{ label: "Orange dress" }]);
});

it("a cluster that was merged is said to be gone", async () => {
  show({ "GET /api/v1/clusters/4": problem(404, "not_found") });
  await screen.findByText(t.gone);
});

it("who may not change the catalogue only looks", async () => {
  show({}, user("viewer"));
  await screen.findByText("Back");
  expect(screen.queryByRole("button", { name: t.rename })).toBeNull();
  expect(screen.queryByLabelText(t.select("Back"))).toBeNull();
});
