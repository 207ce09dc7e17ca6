import { render, screen } from "@testing-library/react";
import { encode } from "uqr";
import { expect, it } from "vitest";
import { pageTexts } from "../pageTexts";
import { PhoneAppPanel } from "./PhoneAppPanel";

it("the code is the link that the app opens, with this server's address and nothing else", () => {
  render(<PhoneAppPanel />);
  const code = screen.getByRole("img", { name: pageTexts.account.phoneAppQr });
  const server = encodeURIComponent(window.location.origin);
  const { data, size } = encode(`findthisfit://connect?server=${server}`, { border: 4 });
  expect(code.getAttribute("viewBox")).toBe(`0 0 ${size} ${size}`);
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`${x} ${y}`] : [])));
  const drawn = [...(code.querySelector("path")?.getAttribute("d") ?? "").matchAll(/M(\d+ \d+)h1v1h-1z/g)].map(([, at]) => at);
  expect(drawn).toEqual(dark);
});
