import { keptText } from "./kept";
import { randomHex } from "./random";

// The name by which the server knows what somebody without an account likes. It is a secret that the device draws when feedback is
// given for the first time: the server knows nothing of devices that have given none.
const kept = keptText("device");

export function deviceId(): string | undefined {
  const id = kept.read();
  return id !== undefined && /^[0-9a-f]{32}$/.test(id) ? id : undefined;
}

// The headers of a request that name the device, if it has an id.
export const deviceHeaders = (id = deviceId()): Record<string, string> => (id === undefined ? {} : { "X-Device-Id": id });

export function drawDeviceId(): string {
  const known = deviceId();
  if (known !== undefined) return known;
  const id = randomHex(16);
  kept.write(id);
  return id;
}

export const forgetDeviceId = () => kept.write(undefined);
