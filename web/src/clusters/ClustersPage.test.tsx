import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { Cluster } from "../api/clusters";
import { renderAt } from "../testing/app";
import { user } from "../testing/people";
import { problem, serve, type Call } from "../testing/server";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { ClustersPage } from "./ClustersPage";

afterEach(() => vi.restoreAllMocks());

const t = pageTexts.clusters;
const at = "2026-11-29T10:00:00Z";
const cluster = (id: string, label: string | null, more: Partial<Cluster> = {}): Cluster => ({
  id,
  label,
  label_origin: label ? "person" : null,
  size: 3,
  photos: 2,
  centre: { image_id: `${id}0`, item_id: `${id}00`, url: `/images/${id}0`, thumbnail_url: `/images/${id}0/thumbnail`, title: `Piece ${id}` },
  created_at: at,
  updated_at: at,
  ...more,
});
const LIST = "GET /api/v1/clusters?order=size&min_size=2";

function show(answers: Record<string, unknown> = {}, me = user("editor")): Call[] {
  const calls = serve({ "GET /api/v1/auth/me": me, [LIST]: { clusters: [cluster("1", "Rust dress"), cluster("2", null), cluster("3", null)], next_cursor: null }, ...answers });
  renderAt("/clusters", <ClustersPage />);
  return calls;
}
const merges = (calls: Call[]) => calls.filter((one) => one.path === "/api/v1/clusters/merge").map((one) => one.body);

it("lists clusters by name with what is in them, in the chosen order", async () => {
  show({
    "GET /api/v1/clusters?order=newest&min_size=1&duplicates=true": { clusters: [cluster("9", "Last")], next_cursor: "c" },
    "GET /api/v1/clusters?order=newest&min_size=1&duplicates=true&cursor=c": { clusters: [cluster("8", "Before")], next_cursor: null },
  });
  const first = await screen.findByRole("link", { name: /Rust dress/ });
  expect(first.getAttribute("href")).toBe("/studio/clusters/1");
  expect(first.textContent).toContain(`${t.photos(3)} · ${t.copies(1)}`);
  screen.getByText("Piece 2");
  await userEvent.selectOptions(screen.getByLabelText(t.order), "newest");
  await userEvent.click(screen.getByLabelText(t.singles));
  await userEvent.click(screen.getByLabelText(t.duplicates));
  await userEvent.click(await screen.findByRole("button", { name: texts.more }));
  await screen.findByText("Before");
  screen.getByText("Last");
});

it("selected clusters are merged into the one that was selected first", async () => {
  let list = [cluster("1", "Rust dress"), cluster("2", null), cluster("3", null)];
  const calls = show({
    [LIST]: () => ({ clusters: list, next_cursor: null }),
    "POST /api/v1/clusters/merge": () => ((list = [cluster("2", null), cluster("3", null)]), cluster("2", null)),
  });
  await userEvent.click(await screen.findByLabelText(t.select("Piece 2")));
  expect(screen.getByRole<HTMLButtonElement>("button", { name: t.merge }).disabled).toBe(true);
  await userEvent.click(screen.getByLabelText(t.select("Rust dress")));
  await userEvent.click(screen.getByRole("button", { name: t.merge }));
  const dialog = screen.getByRole("alertdialog");
  within(dialog).getByText(t.mergeLead("Piece 2", t.quoted("Rust dress")));
  expect(merges(calls)).toEqual([]);
  await userEvent.click(within(dialog).getByRole("button", { name: t.merge }));
  await waitFor(() => expect(screen.queryByText("Rust dress")).toBeNull());
  expect(merges(calls)).toEqual([{ cluster_ids: ["2", "1"] }]);
});

it("a cluster that is dropped on another one is merged into it", async () => {
  const calls = show({ "POST /api/v1/clusters/merge": problem(409, "conflict") });
  const target = (await screen.findByText("Rust dress")).closest("li")!;
  const source = screen.getByText("Piece 3").closest("li")!;
  const data = new Map<string, string>();
  const dataTransfer = { setData: (type: string, value: string) => data.set(type, value), getData: (type: string) => data.get(type) ?? "", types: ["application/x-fit-cluster"] };
  const fire = (kind: "dragStart" | "dragOver" | "drop", element: Element) => fireEvent[kind](element, { dataTransfer });
  fire("dragStart", source);
  fire("dragOver", source);
  fire("drop", source);
  expect(screen.queryByRole("alertdialog")).toBeNull();
  fire("dragOver", target);
  fire("drop", target);
  await userEvent.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: t.merge }));
  await screen.findByText(t.rebuilding);
  expect(merges(calls)).toEqual([{ cluster_ids: ["1", "3"] }]);
});

it("who may not change the catalogue only looks", async () => {
  show({}, user("viewer"));
  await screen.findByText("Rust dress");
  expect(screen.queryByLabelText(t.select("Rust dress"))).toBeNull();
  expect(screen.getByText("Rust dress").closest("li")?.getAttribute("draggable")).toBeNull();
});
