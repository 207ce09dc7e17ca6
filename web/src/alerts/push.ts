// Push messages of the browser (Web Push).
import { notifications } from "../api/alerts";

// The browser or the person forbids messages.
export class PushDenied extends Error {}
// Nothing can receive messages here: no service worker, or no service of the browser's maker.
export class PushImpossible extends Error {}

export const pushPossible = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

// A key of the API, which is base64url, as browsers take it.
export function keyBytes(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

// Ends the messages to this browser. The server learns it from the service that delivers them.
export async function unsubscribeHere() {
  if (!pushPossible()) return;
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

// Subscribes this browser. A subscription by another key, of another server at this address, is replaced.
export async function subscribeHere(vapidKey: string) {
  if ((await Notification.requestPermission()) !== "granted") throw new PushDenied();
  // Without a registration, `ready` would never come.
  if (!(await navigator.serviceWorker.getRegistration())) throw new PushImpossible();
  const worker = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: keyBytes(vapidKey) };
  const subscribe = () => worker.pushManager.subscribe(options);
  const subscription = await subscribe()
    .catch(async () => {
      await (await worker.pushManager.getSubscription())?.unsubscribe();
      return subscribe();
    })
    .catch((error: unknown) => {
      throw new PushImpossible("", { cause: error });
    });
  const { endpoint = "", expirationTime = null, keys } = subscription.toJSON();
  return notifications.addPush({ endpoint, expirationTime, keys: { p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" } });
}
