import { expect, it } from "vitest";
import { byFolder } from "./byFolder";

const photo = (whole: string) => {
  const file = Object.defineProperty(new File([], whole.split("/").at(-1) ?? ""), "webkitRelativePath", { value: whole });
  return { file, path: whole.slice(whole.indexOf("/") + 1) };
};
const found = (...paths: string[]) => {
  const { single, folders } = byFolder(paths.map(photo));
  return [single.map(({ path }) => path), folders.map(({ name, files }) => [name, ...files.map((file) => file.name)])];
};

it("photos belong to the folder in which they are", () => {
  expect(found("all/boots/1.jpg", "all/boots/2.jpg", "all/hats/red/1.jpg", "all/cap.jpg")).toEqual([["cap.jpg"], [["boots", "1.jpg", "2.jpg"], ["hats/red", "1.jpg"]]]);
});

it("without folders in it, the chosen folder is one garment", () => {
  expect(found("red boots/1.jpg", "red boots/2.jpg")).toEqual([[], [["red boots", "1.jpg", "2.jpg"]]]);
});
