// Removes what this device stores of a person: the next one to use it sees none of it.
import { removePhotos } from "../photo/store";
import { clearRecent } from "../search/recent";

export async function forgetDevice() {
  clearRecent();
  await removePhotos();
  if ("caches" in window) await caches.delete("thumbnails").catch(() => false);
}
