import { memoryHistory } from "../routing/history";
import { Router, RouterProvider } from "../routing/router";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { found, item } from "../testing/found";
import { local } from "../testing/people";
import { serve } from "../testing/server";
import { makeQueryClient } from "../shell/queries";
import { Card, sharp } from "./Card";

// What is loaded when it is wanted is loaded before: a busy machine takes longer than a test waits.
beforeAll(() => Promise.all([import("./CardMenu"), import("./WhyDialog"), import("./QuickView")]), 60_000);

const MENU = "More actions for Blue denim jacket";

async function show(node: ReactNode) {
  render(
    <QueryClientProvider client={makeQueryClient()}>
      <RouterProvider router={new Router({}, memoryHistory())}>
        <ul>{node}</ul>
      </RouterProvider>
    </QueryClientProvider>,
  );
  await screen.findAllByRole("listitem");
}

describe("a card", () => {
  it("shows price, brand, size and the best image", async () => {
    const other = { id: "9", url: "/images/9", thumbnail_url: "/images/9/thumbnail", width: 60, height: 80 };
    await show(<Card found={found({ images: [...found().images, other], image_url: "/images/9" })} onMore={vi.fn()} />);
    for (const text of ["$45", "Levi's", "M", "Blue denim jacket"]) expect(screen.getByText(text)).toBeTruthy();
    const image = document.querySelector("img");
    expect(image?.getAttribute("src")).toBe("/images/9/thumbnail");
    expect(image?.getAttribute("srcset")).toBe("/images/9/thumbnail, /images/9/thumbnail?scale=2 2x");
    expect(image?.getAttribute("width")).toBe("60");
    expect(image?.getAttribute("loading")).toBe("lazy");
  });
  it("is sharp where this server has the photo, also in another tenant", () => {
    expect(sharp("/images/9/thumbnail?tenant=a")).toBe("/images/9/thumbnail?tenant=a, /images/9/thumbnail?tenant=a&scale=2 2x");
    expect(sharp("https://shop.example/a.jpg")).toBeUndefined();
  });
  it("says how well it matches in words, and nothing where it does not", async () => {
    const info = { hasExample: false, words: "denim", key: "" };
    await show([1, 0.8, 0.4].map((relevance, i) => <Card key={i} info={info} found={found({ id: String(i), relevance, similarity: 0.99 })} />));
    expect([...document.querySelectorAll(".card")].map((card) => card.querySelector(".badge")?.textContent)).toEqual(["Exact match", "Very similar", undefined]);
    expect(document.body.textContent).not.toMatch(/[0-9] %/);
  });
  it("searches for similar items, likes and dislikes", async () => {
    const more = vi.fn();
    const example = vi.fn();
    await show(<Card found={found()} onMore={more} onExample={example} liked />);
    await userEvent.click(screen.getByRole("button", { name: MENU }));
    expect((await screen.findByRole("menuitemcheckbox", { name: "More like this" })).getAttribute("aria-checked")).toBe("true");
    await userEvent.click(screen.getByRole("menuitemcheckbox", { name: "Less like this" }));
    expect(example).toHaveBeenCalledWith("unlike", "12");
    await userEvent.click(screen.getByRole("button", { name: MENU }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Find similar" }));
    expect(more).toHaveBeenCalledWith("12");
  });
  it("has one menu, which the keyboard opens, walks through and leaves", async () => {
    const more = vi.fn();
    await show(<Card found={found()} onMore={more} onExample={vi.fn()} />);
    screen.getByRole("button", { name: MENU }).focus();
    await userEvent.keyboard("{Enter}");
    const menu = await screen.findByRole("menu");
    await waitFor(() => expect(menu.contains(document.activeElement)).toBe(true));
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("button", { name: MENU })));
    expect(screen.queryByRole("menu")).toBeNull();
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(document.activeElement?.textContent).toContain("Find similar"));
    await userEvent.keyboard("{ArrowDown}");
    await waitFor(() => expect(document.activeElement?.textContent).toContain("More like this"));
    await userEvent.keyboard("{ArrowUp}{Enter}");
    expect(more).toHaveBeenCalledWith("12");
  });
  it("explains a result in a dialog, after which the menu's button has the focus", async () => {
    const info = { hasExample: false, words: "denim", key: "", explain: () => Promise.resolve([]) };
    await show(<Card found={found()} info={info} onMore={vi.fn()} />);
    await userEvent.click(screen.getByRole("button", { name: MENU }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Why am I seeing this?" }));
    const why = await screen.findByRole("dialog", { name: "Why you're seeing this" });
    await waitFor(() => expect(why.contains(document.activeElement)).toBe(true));
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("button", { name: MENU })));
  });
  it("is viewed over the results, which keep the focus", async () => {
    serve({ "GET /api/v1/items/12": item(), "GET /api/v1/auth/me": local() });
    const more = vi.fn();
    await show(<Card found={found()} onMore={more} />);
    await userEvent.click(screen.getByRole("button", { name: MENU }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Quick view" }));
    const dialog = await screen.findByRole("dialog", { name: "Blue denim jacket" });
    await screen.findByText("outerwear");
    expect(dialog.querySelector("img")?.getAttribute("src")).toBe("/images/7");
    expect(screen.getByRole("link", { name: "View item" }).getAttribute("href")).toBe("/items/12");
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("button", { name: MENU })));
    await userEvent.click(screen.getByTitle("Quick view"));
    await userEvent.click(await screen.findByRole("button", { name: "Find similar" }));
    expect(more).toHaveBeenCalledWith("12");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });
  it("has no link where the listing's address would run a script", async () => {
    await show(<Card found={found({ url: "javascript:alert(1)", deep_link: null })} onMore={vi.fn()} />);
    await userEvent.click(screen.getByRole("button", { name: MENU }));
    await screen.findByRole("menuitem", { name: "Find similar" });
    expect(screen.queryByRole("menuitem", { name: /^Open at/ })).toBeNull();
  });
  it("has a title made of what is seen, and says nothing of a price that is missing", async () => {
    await show(<Card found={found({ title: "", price: null, brand: null, size: null, images: [], similarity: null })} />);
    for (const text of ["Blue outerwear", "depop", "No photo"]) expect(screen.getByText(text)).toBeTruthy();
    expect(document.querySelector(".card-price")?.textContent).toBe("");
  });
});
