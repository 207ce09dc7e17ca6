import { act, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { memoryHistory } from "./history";
import { LazyPage, Link, Outlet, Router, RouterProvider, useLocation, useNavigate, useParams, type Page } from "./router";

afterEach(() => vi.restoreAllMocks());

function open(pages: Record<string, Page>, at = "/") {
  const router = new Router(pages, memoryHistory(at));
  render(
    <RouterProvider router={router}>
      <Link to="/items/$id" params={{ id: "a/b" }}>
        item
      </Link>
      <Link to="/recent">recent</Link>
      <Outlet missing={() => <p>nothing here</p>} failed={({ error }) => <p>failed: {error.message}</p>} />
    </RouterProvider>,
  );
  return router;
}
const Start = () => <p>start</p>;
const Item = () => <p>item {useParams().id}</p>;

it("a link shows its page without loading the document, says that it is shown, and back leads back", async () => {
  const scrolled = vi.spyOn(window, "scrollTo");
  const router = open({ "/": Start, "/items/$id": Item });
  const link = screen.getByRole("link", { name: "item" });
  expect(link.getAttribute("href")).toBe("/items/a%2Fb");
  expect(link.getAttribute("aria-current")).toBeNull();
  await userEvent.click(link);
  expect(screen.getByText("item a/b")).toBeTruthy();
  expect(link.getAttribute("aria-current")).toBe("page");
  expect(link.className).toBe("active");
  expect(scrolled).toHaveBeenLastCalledWith(0, 0);
  act(() => router.history.back());
  expect(screen.getByText("start")).toBeTruthy();
});

it("a click with a modifier is the browser's", async () => {
  open({ "/": Start, "/items/$id": Item });
  const user = userEvent.setup();
  await user.keyboard("{Control>}");
  await user.click(screen.getByRole("link", { name: "item" }));
  expect(screen.getByText("start")).toBeTruthy();
});

it("a page that is loaded replaces the one before when it has come, and is shown at once the next time", async () => {
  let come: (page: typeof Item) => void = () => undefined;
  const load = vi.fn(() => new Promise<typeof Item>((resolve) => (come = resolve)));
  const router = open({ "/": Start, "/items/$id": new LazyPage(load), "/recent": () => <p>recent page</p> });
  await userEvent.hover(screen.getByRole("link", { name: "item" }));
  expect(load).toHaveBeenCalledTimes(1);
  await userEvent.click(screen.getByRole("link", { name: "item" }));
  expect(screen.getByText("start")).toBeTruthy();
  await act(() => {
    come(Item);
    return Promise.resolve();
  });
  expect(await screen.findByText("item a/b")).toBeTruthy();
  act(() => void router.navigate({ to: "/recent" }));
  expect(screen.getByText("recent page")).toBeTruthy();
  act(() => void router.navigate({ to: "/items/$id", params: { id: "7" } }));
  expect(screen.getByText("item 7")).toBeTruthy();
  expect(load).toHaveBeenCalledTimes(1);
});

it("a page that cannot be loaded says so, the links stay, and it is requested again", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const load = vi.fn<() => Promise<typeof Item>>().mockRejectedValueOnce(new Error("offline")).mockResolvedValue(Item);
  open({ "/": Start, "/items/$id": new LazyPage(load), "/recent": Start });
  fireEvent.click(screen.getByRole("link", { name: "item" })); // without pointing at it, which would load the page before
  expect(await screen.findByText("failed: offline")).toBeTruthy();
  await userEvent.click(screen.getByRole("link", { name: "recent" }));
  expect(screen.getByText("start")).toBeTruthy();
  await userEvent.click(screen.getByRole("link", { name: "item" }));
  expect(await screen.findByText("item a/b")).toBeTruthy();
});

it("an address without a page has the page for that", () => {
  open({ "/": Start }, "/nothing");
  expect(screen.getByText("nothing here")).toBeTruthy();
});

it("a new search keeps what it does not change, and an equal query is the same object", () => {
  const seen: unknown[] = [];
  const moves: ReturnType<typeof useNavigate>[] = [];
  function Search() {
    const { search, hash } = useLocation();
    moves.push(useNavigate());
    seen.push(search);
    return <p>{`${search.q ?? ""} ${hash}`}</p>;
  }
  const router = open({ "/": Search }, "/?q=coat#p=1");
  act(() => void router.navigate({ to: "/", search: true, hash: "p=2", replace: true }));
  expect(screen.getByText("coat p=2")).toBeTruthy();
  expect(new Set(seen).size).toBe(1);
  expect(new Set(moves).size).toBe(1);
  act(() => void router.navigate({ to: "/", search: (now) => ({ ...now, sort: "newest" }), hash: true }));
  expect(router.location.href).toBe("/?q=coat&sort=newest#p=2");
  act(() => router.history.back());
  expect(router.location.href).toBe("/?q=coat#p=2");
});
