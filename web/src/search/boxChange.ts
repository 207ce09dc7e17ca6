import type { Detection } from "../api/detect";
import { boxText, type PhotoBox } from "../detect/box";
import { boxOf } from "../detect/garments";
import type { ChangeState, SearchState } from "./state";

// Returns what searches with a part of the photo, or with the whole of it. What the photo looks like was chosen for another part
// and is dropped. A frame that is corrected again replaces its entry in the history: the back button leads to the garment that
// was chosen.
export function boxChange(state: SearchState, garments: Detection | undefined, onChange: ChangeState) {
  const isFound = (box: PhotoBox) => (garments?.garments ?? []).some((one) => boxText(boxOf(one)) === boxText(box));
  const isCorrected = state.box !== undefined && !isFound(state.box);
  return (box: PhotoBox | undefined) =>
    onChange(({ hints: _h, box: _b, ...rest }) => (box ? { ...rest, box } : rest), { stay: true, replace: isCorrected && box !== undefined && !isFound(box) });
}
