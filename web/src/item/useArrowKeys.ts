import { useEffect, useEffectEvent } from "react";
import { forwards } from "../language/language";

const OTHERS = "input, textarea, select, [contenteditable], [role=menu], [role=slider], [role=listbox]";

// The arrow keys turn by 1 to the next, in the direction of reading, by -1 to the previous one, wherever the focus is,
// except in fields and menus, which use the keys themselves. `within`: a selector of what must contain the focus;
// undefined: anything outside of dialogs.
export function useArrowKeys(turn: (by: 1 | -1) => void, within?: string) {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const at = event.target instanceof Element ? event.target : document.body;
    if (at.closest(OTHERS)) return;
    if (within ? !at.closest(within) : at.closest("[role=dialog], [role=alertdialog]")) return;
    turn(forwards(event.key === "ArrowRight" ? 1 : -1));
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => press(event);
    // Dialogs keep the arrow keys of what is in them from the document, so that they are read on their way down.
    const options = { capture: within !== undefined };
    document.addEventListener("keydown", listener, options);
    return () => document.removeEventListener("keydown", listener, options);
  }, [within]);
}
