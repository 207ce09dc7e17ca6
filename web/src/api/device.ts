// The name by which the server knows what somebody without an account likes. It is a secret that the device draws when feedback is
// given for the first time: the server knows nothing of devices that have given none.
const KEY = "device";
let unkept: string | undefined; // where the browser forbids its storage: until the page is closed

export function deviceId(): string | undefined {
  try {
    const kept = localStorage.getItem(KEY);
    if (kept !== null && /^[0-9a-f]{32}$/.test(kept)) return kept;
  } catch {
    // The browser forbids it.
  }
  return unkept;
}

export function drawDeviceId(): string {
  const known = deviceId();
  if (known !== undefined) return known;
  const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    localStorage.setItem(KEY, id);
  } catch {
    unkept = id;
  }
  return id;
}

export function forgetDeviceId() {
  unkept = undefined;
  try {
    localStorage.removeItem(KEY);
  } catch {
    // There is nothing in it.
  }
}
