import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { pageTexts } from "../pageTexts";
import { renderAt } from "../testing/app";
import { anonymous } from "../testing/people";
import { problem, serve } from "../testing/server";
import ShareDialog from "./ShareDialog";
import { ShortLinkPage } from "./ShortLinkPage";

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

const t = pageTexts.shareSearch;
const LINK = { code: "abcdefghijkmn", url: "http://x.example/s/abcdefghijkmn", photo_url: null, created_at: "2026-12-01T10:00:00Z", expires_at: "2027-12-01T10:00:00Z", is_own: true };
const me = () => anonymous(["search", "items:read"]);

it("a search without a photo becomes a link at once, which its sender may delete", async () => {
  const calls = serve({ "GET /api/v1/auth/me": me(), "POST /api/v1/links": LINK });
  const closed = vi.fn();
  renderAt("/", <ShareDialog state={{ q: "coat" }} mini="" onClose={closed} />);
  expect((await screen.findByLabelText<HTMLInputElement>(t.link)).value).toBe(LINK.url);
  expect(calls.find(({ method }) => method === "POST")?.body).toEqual({ query: { text: "coat", match: "close", collapse_duplicates: true } });
  await userEvent.click(screen.getByRole("button", { name: t.remove }));
  await waitFor(() => expect(closed).toHaveBeenCalled());
  expect(calls.at(-1)).toMatchObject({ method: "DELETE", path: "/api/v1/links/abcdefghijkmn" });
});

it("a photo is sent only if its sender agrees", async () => {
  const calls = serve({ "GET /api/v1/auth/me": me(), "POST /api/v1/links": LINK });
  renderAt("/", <ShareDialog state={{ photo: "ab" }} photo={new Blob(["x"])} mini="tiny" onClose={vi.fn()} />);
  await userEvent.click(await screen.findByRole("button", { name: t.go }));
  expect((await screen.findByLabelText<HTMLInputElement>(t.link)).value).toBe(`${LINK.url}#p=tiny`);
  expect(calls.find(({ method }) => method === "POST")?.body).toEqual({ query: {} });
});

it("with the photo the link needs no miniature", async () => {
  const calls = serve({ "GET /api/v1/auth/me": me(), "POST /api/v1/links": LINK });
  renderAt("/", <ShareDialog state={{ photo: "ab" }} photo={new Blob(["x"])} mini="tiny" onClose={vi.fn()} />);
  await userEvent.click(await screen.findByLabelText(t.photo));
  await userEvent.click(screen.getByRole("button", { name: t.go }));
  expect((await screen.findByLabelText<HTMLInputElement>(t.link)).value).toBe(LINK.url);
  expect(calls.find(({ method }) => method === "POST")?.body).toEqual({ query: { image_base64: "eA==", match: "close", collapse_duplicates: true }, keep_photo: true });
});

it("a link opens its search", async () => {
  serve({ "GET /api/v1/auth/me": me(), "GET /api/v1/links/abcdefghijkmn": { ...LINK, query: { text: "coat", filters: { brand: ["COS"] } } } });
  const { router } = renderAt("/s/$id", <ShortLinkPage />, null, "/s/abcdefghijkmn");
  await waitFor(() => expect(router.location.href).toBe("/?q=coat&brand=COS"));
});

it("a link that has ended says so", async () => {
  serve({ "GET /api/v1/auth/me": me(), "GET /api/v1/links/abcdefghijkmn": problem(404, "not_found") });
  renderAt("/s/$id", <ShortLinkPage />, null, "/s/abcdefghijkmn");
  await screen.findByText(t.ended);
});
