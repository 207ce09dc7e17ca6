import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { fromInput } from "./folder";
import { SkippedFiles } from "./SkippedFiles";

function chosen(...paths: string[]) {
  const files = paths.map((path) => {
    const file = new File(["content"], path.split("/").pop() ?? "");
    Object.defineProperty(file, "webkitRelativePath", { value: path });
    return file;
  });
  return fromInput(files);
}

const shown = (...paths: string[]) => render(<SkippedFiles source={{ ...chosen(...paths), name: "wardrobe" }} />);

it("tells photos from files that are skipped", () => {
  const found = chosen("wardrobe/tops/a.jpg", "wardrobe/notes.txt", "wardrobe/tops/@eaDir/a.jpg", "wardrobe/.cache/list.db");
  expect(found.photos.map(({ path }) => path)).toEqual(["tops/a.jpg"]);
  expect(found.skipped).toEqual([
    { path: "notes.txt", why: "type" },
    { path: "tops/@eaDir/a.jpg", why: "folder" },
    { path: ".cache/list.db", why: "folder" },
  ]);
});

it("counts and lists the skipped files", () => {
  const view = shown("wardrobe/a.jpg", "wardrobe/notes.txt", "wardrobe/thumbs/a.jpg");
  expect(view.container.querySelector("summary")?.textContent).toBe("2 files were skipped");
  expect([...view.container.querySelectorAll("li")].map((line) => line.textContent)).toEqual([
    "notes.txt no photo",
    "thumbs/a.jpg in a folder of another program",
  ]);
});

it("lists at most 200 of many", () => {
  const view = shown(...Array.from({ length: 250 }, (_, number) => `wardrobe/${number}.txt`));
  expect(view.container.querySelector("summary")?.textContent).toBe("250 files were skipped");
  expect(view.container.querySelectorAll("li").length).toBe(200);
});

it("says nothing where nothing is skipped", () => {
  expect(shown("wardrobe/a.jpg").container.textContent).toBe("");
});
