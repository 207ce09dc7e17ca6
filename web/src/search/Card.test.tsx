import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { describe, expect, it, vi } from "vitest";
import { found } from "../testing/found";
import { Card } from "./Card";

async function show(node: ReactNode) {
  const root = createRootRoute({ component: () => <ul>{node}</ul> });
  const child = createRoute({ getParentRoute: () => root, path: "/items/$id", component: () => null });
  render(<RouterProvider router={createRouter({ routeTree: root.addChildren([child]), history: createMemoryHistory() }) as never} />);
  await screen.findAllByRole("listitem");
}

describe("a card", () => {
  it("shows price, brand, size and the best image", async () => {
    const other = { id: "9", url: "/images/9", thumbnail_url: "/images/9/thumbnail", width: 60, height: 80 };
    await show(<Card found={found({ images: [...found().images, other], image_url: "/images/9" })} onMore={vi.fn()} />);
    for (const text of ["$45", "Levi's", "M", "Blue denim jacket"]) expect(screen.getByText(text)).toBeTruthy();
    const image = document.querySelector("img");
    expect(image?.getAttribute("src")).toBe("/images/9/thumbnail");
    expect(image?.getAttribute("width")).toBe("60");
    expect(image?.getAttribute("loading")).toBe("lazy");
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
    await userEvent.click(screen.getByRole("button", { name: "Find similar" }));
    expect(more).toHaveBeenCalledWith("12");
    const like = screen.getByRole("button", { name: /^More like this/ });
    expect(like.getAttribute("aria-pressed")).toBe("true");
    await userEvent.click(screen.getByRole("button", { name: /^Less like this/ }));
    expect(example).toHaveBeenCalledWith("unlike", "12");
  });
  it("has no link where the listing's address would run a script", async () => {
    await show(<Card found={found({ url: "javascript:alert(1)", deep_link: null })} onMore={vi.fn()} />);
    expect(screen.queryByRole("link", { name: /^Open at/ })).toBeNull();
  });
  it("shows which values are missing", async () => {
    await show(<Card found={found({ title: "", price: null, brand: null, size: null, images: [], similarity: null })} />);
    for (const text of ["Blue outerwear", "depop", "No photo"]) expect(screen.getByText(text)).toBeTruthy();
  });
});
