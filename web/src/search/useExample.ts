import type { Item } from "../api/client";
import { useObjectUrl, type ShownPhoto } from "../photo/usePhoto";
import { titleOf } from "../shell/titleOf";
import { texts } from "../texts";
import type { SearchState } from "./state";

function nameOfExample(state: SearchState, photo: ShownPhoto | undefined, item: Item | undefined): string {
  if (state.photo) return photo && !photo.readable ? texts.query.heic : texts.query.photo;
  if (!state.item) return texts.query.photoFromWeb;
  return item ? texts.query.likeItemNamed(titleOf(item)) : texts.query.likeItem;
}

// The picture of the item in another colour, which the server draws; undefined where it has no picture of the item.
export function recolored(item: Item | undefined, colour: string | undefined): string | undefined {
  const thumbnail = item?.images[0]?.thumbnail_url;
  if (!colour || !thumbnail || !/\/thumbnail(?=$|\?)/.test(thumbnail)) return undefined;
  const url = thumbnail.replace(/\/thumbnail(?=$|\?)/, "/recolor");
  return `${url}${url.includes("?") ? "&" : "?"}to=${encodeURIComponent(colour)}`;
}

// What is searched with beside words: its picture, where this browser can show it, and what it is.
export function useExample(state: SearchState, photo: ShownPhoto | undefined, item: Item | undefined): { image?: string; name: string } {
  const own = useObjectUrl(photo?.readable ? photo.blob : undefined);
  const image = state.photo ? own : state.item ? (item?.images[0]?.url.startsWith("/") ? item.images[0].url : item?.images[0]?.thumbnail_url) : state.url;
  return { image, name: nameOfExample(state, photo, item) };
}
