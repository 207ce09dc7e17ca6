import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { texts } from "../texts";
import { DialogFrame } from "./DialogFrame";

it("a dialog has a name, a description and two ways out", async () => {
  const close = vi.fn();
  render(
    <DialogFrame title="Crop" lead="Choose a part." className="wide" onClose={close}>
      <p>Inside</p>
    </DialogFrame>,
  );
  const dialog = await screen.findByRole("dialog", { name: "Crop", description: "Choose a part." });
  expect(dialog.className).toBe("dialog wide");
  expect(dialog.textContent).toContain("Inside");
  await userEvent.click(screen.getByRole("button", { name: texts.close }));
  expect(close).toHaveBeenCalledTimes(1);
  await userEvent.keyboard("{Escape}");
  expect(close).toHaveBeenCalledTimes(2);
});
