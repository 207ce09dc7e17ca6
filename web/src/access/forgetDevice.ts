// Removes what this device stores of a person: the next one to use it sees none of it, and none of the person's alerts.
import { unsubscribeHere } from "../alerts/push";
import { forgetDrafts } from "../catalogue/draft";
import { forgetDeviceId } from "../api/device";
import { chooseTenant } from "../api/tenant";
import { removePhotos } from "../photo/store";
import { clearSeen } from "../recent/seen";
import { forgetResults } from "../search/resultStore";
import { clearRecent } from "../search/recent";
import { forgetWardrobe } from "../wardrobe/device";

export async function forgetDevice() {
  clearRecent();
  clearSeen();
  forgetDeviceId();
  chooseTenant(undefined);
  await removePhotos();
  await forgetResults();
  await forgetDrafts();
  await forgetWardrobe();
  await unsubscribeHere().catch(() => undefined);
  if ("caches" in window) await caches.delete("thumbnails").catch(() => false);
}
