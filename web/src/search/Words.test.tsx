import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { addRecent } from "./recent";
import { Words } from "./Words";

const facets = { subcategory: { missing: 0, values: [{ value: "jacket", count: 9 }, { value: "jeans", count: 4 }] } };

function Typed({ onChoose }: { onChoose: (words: string) => void }) {
  const [words, setWords] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChoose(`sent: ${words}`);
      }}
    >
      <Words words={words} placeholder="" facets={facets} onType={setWords} onChoose={onChoose} />
    </form>
  );
}

const field = () => screen.getByRole("combobox", { name: "Search words" });
const options = () => screen.queryAllByRole("option").map((one) => one.querySelector("span")?.textContent);
const active = () => document.getElementById(field().getAttribute("aria-activedescendant") ?? "")?.querySelector("span")?.textContent;

beforeEach(() => localStorage.clear());

it("the keyboard walks through the completions and chooses one", async () => {
  const choose = vi.fn();
  render(<Typed onChoose={choose} />);
  await userEvent.type(field(), "red j");
  expect(options()).toEqual(["red jacket", "red jeans"]);
  expect(field().getAttribute("aria-expanded")).toBe("true");
  expect(active()).toBeUndefined();
  await userEvent.keyboard("{ArrowDown}{ArrowDown}");
  expect(active()).toBe("red jeans");
  await userEvent.keyboard("{ArrowUp}");
  expect(active()).toBe("red jacket");
  await userEvent.keyboard("{Enter}");
  expect(choose.mock.calls).toEqual([["red jacket"]]);
  expect(options()).toEqual([]);
});

it("without a choice the typed words are searched, and Escape only closes the list", async () => {
  const choose = vi.fn();
  render(<Typed onChoose={choose} />);
  await userEvent.type(field(), "j");
  await userEvent.keyboard("{Escape}");
  expect(options()).toEqual([]);
  expect(field()).toHaveProperty("value", "j");
  await userEvent.type(field(), "e");
  await userEvent.keyboard("{ArrowDown}{ArrowUp}{Enter}");
  expect(choose.mock.calls).toEqual([["sent: je"]]);
  expect(options()).toEqual([]);
});

it("a click chooses, and the list ends when the field is left", async () => {
  const choose = vi.fn();
  render(<Typed onChoose={choose} />);
  await userEvent.type(field(), "ja");
  await userEvent.click(screen.getByRole("option", { name: /^jacket/ }));
  expect(choose).toHaveBeenCalledWith("jacket");
  await userEvent.type(field(), "c");
  await userEvent.tab();
  expect(options()).toEqual([]);
});

it("recent searches of words are offered before anything is typed", async () => {
  addRecent({ search: "?q=wool+coat", hash: "", label: "wool coat", at: 1 });
  addRecent({ search: "?item=3&q=in+red", hash: "", label: "Coat, in red", at: 2 });
  render(<Typed onChoose={vi.fn()} />);
  await userEvent.click(field());
  expect(options()).toEqual([]);
  await userEvent.keyboard("{ArrowDown}");
  expect(options()).toEqual(["wool coat"]);
});

it("the slash leads to the words, except in another field", async () => {
  render(
    <>
      <input aria-label="other" />
      <Typed onChoose={vi.fn()} />
    </>,
  );
  await userEvent.keyboard("/");
  expect(document.activeElement).toBe(field());
  expect(field()).toHaveProperty("value", "");
  await userEvent.type(screen.getByRole("textbox", { name: "other" }), "a/b");
  expect(screen.getByRole("textbox", { name: "other" })).toHaveProperty("value", "a/b");
});
