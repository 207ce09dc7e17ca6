// The photos of an item, and how a change of them is told to the server.
import { file, type Item, type ItemWrite } from "../api/client";
import { base64Of } from "../photo/base64";
import { preparePhoto } from "../photo/prepare";
import type { OrderedPhoto } from "./PhotoOrder";

type Images = NonNullable<ItemWrite["images"]>;

export const photosOf = (item: Item): OrderedPhoto[] => item.images.map((image) => ({ key: image.id, id: image.id, url: image.thumbnail_url }));

// Whether the photos are those of the item, in their order.
export const isAsStored = (item: Item, photos: OrderedPhoto[]) => photos.length === item.images.length && photos.every((one, i) => one.id === item.images[i]?.id);

export async function sentPhoto(photo: Blob): Promise<{ image_base64: string }> {
  const prepared = await preparePhoto(photo).catch(() => photo); // the server reports what it cannot read
  return { image_base64: await base64Of(prepared) };
}

// The images of a patch; nothing where they stay as they are. A photo that the server stores is sent again: by its content the
// server knows it, and keeps its id and what it has found in it. One at another address is named by it.
export async function imagesOf(item: Item, photos: OrderedPhoto[]): Promise<Images | undefined> {
  if (isAsStored(item, photos)) return undefined;
  return Promise.all(
    photos.map(async (one) => {
      if (one.file) return sentPhoto(one.file);
      const url = item.images.find((image) => image.id === one.id)?.url ?? "";
      const isStored = url.includes(`/images/${one.id}`) && new URL(url, window.location.origin).origin === window.location.origin;
      return isStored ? { image_base64: await base64Of(await file(url)) } : { url };
    }),
  );
}
