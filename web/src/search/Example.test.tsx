import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, it, vi } from "vitest";
import { item } from "../testing/found";
import { texts } from "../texts";
import { Example } from "./Example";
import type { SearchState } from "./state";
import type { ResultPage } from "./useSearch";

beforeAll(() => {
  vi.stubGlobal("IntersectionObserver", class {
    observe = () => undefined;
    disconnect = () => undefined;
  });
});

const page = { predicted: { category: { value: "dress", confidence: 0.9 }, primary_color: { value: "beige", confidence: 0.8 }, style: { value: "boho", confidence: 0.2 } } } as unknown as ResultPage;

// Shows the example, and returns what the last change makes of the state.
function show(state: SearchState) {
  const changed = vi.fn<(next: (now: SearchState) => SearchState) => void>();
  const view = render(<Example state={state} item={item()} page={page} onBox={vi.fn()} onChange={changed} onFold={vi.fn()} />);
  return { after: () => changed.mock.lastCall?.[0](state), view };
}

it("what the photo looks like can be chosen, and is given back", async () => {
  const { after, view } = show({ item: "12" });
  const hints = screen.getByRole("group", { name: texts.results.looksLike });
  expect([...hints.querySelectorAll("button")].map((one) => one.textContent)).toEqual(["dress", "beige"]);
  await userEvent.click(screen.getByRole("button", { name: "beige", pressed: false, description: texts.results.hint("beige") }));
  expect(after()).toEqual({ item: "12", hints: ["beige"] });
  view.unmount();
  const chosen = show({ item: "12", hints: ["beige", "linen"] });
  expect(screen.getByText("linen").getAttribute("aria-pressed")).toBe("true"); // though the answer does not name it any more
  await userEvent.click(screen.getByText("beige"));
  expect(chosen.after()).toEqual({ item: "12", hints: ["linen"] });
});

it("a colour that is pointed at or chosen shows the item in it, once its picture has come", async () => {
  const { view } = show({ item: "12", but: "navy" });
  const other = () => view.container.querySelector<HTMLImageElement>(".recolored");
  expect(other()?.getAttribute("src")).toBe("/images/7/recolor?to=navy");
  expect(other()?.classList.contains("come")).toBe(false); // until then, and where there is none, the photo itself is seen
  fireEvent.load(other()!);
  expect(other()?.classList.contains("come")).toBe(true);
  await userEvent.hover(screen.getByRole("button", { name: "red" }));
  expect(other()?.getAttribute("src")).toBe("/images/7/recolor?to=red");
  await userEvent.unhover(screen.getByRole("button", { name: "red" }));
  expect(other()?.getAttribute("src")).toBe("/images/7/recolor?to=navy");
});

it("a photo of one's own, which the server does not keep, is not recoloured", () => {
  const view = render(<Example state={{ url: "https://shop.example/a.jpg", but: "navy" }} onBox={vi.fn()} onChange={vi.fn()} onFold={vi.fn()} />);
  expect(view.container.querySelector(".recolored")).toBeNull();
});
