// Whether searches and what is opened may teach the server: tastes, experiments and adapted weights. It does for accounts, and for
// devices that have said what they like; nobody else is told apart from others. A switch on this device turns it off and on.
import { deviceId, drawDeviceId } from "./device";
import { keptText } from "./kept";

const kept = keptText("learning");

const isSwitchedOff = () => kept.read() === "off";

export const isLearning = (isUser: boolean) => !isSwitchedOff() && (isUser || deviceId() !== undefined);

// The id of the device in searches, unless its owner has switched learning off.
export const learningDevice = () => (isSwitchedOff() ? undefined : deviceId());

export function switchLearning(on: boolean, isUser: boolean) {
  if (on && !isUser) drawDeviceId();
  kept.write(on ? undefined : "off");
}
