// The calls of the API about feedback, and about what is picked by it. They name the device of somebody without an account.
import { call, json } from "./client";
import { deviceHeaders, deviceId, forgetDeviceId } from "./device";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Feedback = Schemas["Feedback"];
export type Signal = Feedback["signal"];
export type ForYou = Schemas["ForYou"];
export type ForYouPick = Schemas["ForYouPick"];

const ROOT = "/api/v1/feedback";
const PICKS = 24;

export const feedback = {
  // A change goes on when the page is left.
  give(item: string, signal: Signal, device: string | undefined) {
    const { headers, body } = json({ target: { kind: "item", id: item }, signal });
    return call<Feedback>(ROOT, { method: "POST", keepalive: true, headers: { ...headers, ...(device !== undefined && deviceHeaders(device)) }, body });
  },
  // A result of a search was opened. `search` names the search, in which a result is opened once however often that happens.
  opened(item: string, { search, position }: { search: string; position: number }) {
    const { headers, body } = json({ target: { kind: "result", id: item }, signal: "click", key: search, context: { position } });
    return call<Feedback>(ROOT, { method: "POST", keepalive: true, headers: { ...headers, ...deviceHeaders() }, body });
  },
  undo: (id: string) => call<undefined>(`${ROOT}/${encodeURIComponent(id)}`, { method: "DELETE", keepalive: true, headers: deviceHeaders() }),
  forgetAll: () => call<undefined>(ROOT, { method: "DELETE", headers: deviceHeaders() }),
  merge: (device_id: string) => call<Schemas["FeedbackMerged"]>(`${ROOT}/merge`, { method: "POST", ...json({ device_id }) }),
  picks: (seed: number, signal?: AbortSignal) =>
    call<ForYou>(`/api/v1/for-you?${new URLSearchParams({ seed: String(seed), limit: String(PICKS) })}`, { headers: deviceHeaders(), signal }),
};

// Makes what was said on this device the feedback of the person who has signed in. Returns whether there was a device.
export async function takeDeviceOver(): Promise<boolean> {
  const id = deviceId();
  if (id === undefined) return false;
  await feedback.merge(id);
  forgetDeviceId();
  return true;
}
