import { queryOptions, useQuery, type QueryClient } from "@tanstack/react-query";
import type { Me } from "../api/access";
import { useMe } from "../access/me";
import { detectGarments, type Detection } from "../api/detect";
import { smallCopy } from "../photo/prepare";
import { keepGarments, type StoredPhoto } from "../photo/store";
import { mainBox } from "./garments";
import type { PhotoBox } from "./box";

const MOST_WAITED = 1_000; // milliseconds that the first search of a photo waits for its garments

// Whether the server finds garments in photos.
export const detects = (me: Me | undefined) => me?.detect === true;
export const useDetects = () => detects(useMe());

// Each photo is asked about once: the response is kept with it on the device. The server sees a small copy, because the first
// search waits for it, and its detector looks at no more pixels. Null where it fails: then nothing is shown.
async function garmentsOf(photo: StoredPhoto, signal: AbortSignal): Promise<Detection | null> {
  if (photo.garments) return photo.garments;
  try {
    const found = await detectGarments(await smallCopy(photo.blob), signal);
    keepGarments(photo.id, found);
    return found;
  } catch {
    return null;
  }
}

const garmentsOptions = (photo: StoredPhoto) =>
  queryOptions({
    queryKey: ["garments", photo.id],
    staleTime: Infinity,
    retry: false,
    queryFn: ({ signal }) => garmentsOf(photo, signal),
  });

const NO_PHOTO: StoredPhoto = { id: "", blob: new Blob(), at: 0 };

// The garments in a photo that is stored on this device; undefined where there is none, and until the server has responded.
// `coming`: the server is asked.
export function useGarments(photo: StoredPhoto | undefined): { garments: Detection | undefined; coming: boolean } {
  const enabled = useDetects() && photo !== undefined && photo.at > 0;
  const { data, isPending } = useQuery({ ...garmentsOptions(photo ?? NO_PHOTO), enabled });
  return { garments: data ?? undefined, coming: enabled && isPending };
}

// The box that the first search of a photo is about. A server that is slow to find garments does not hold the search up.
export async function firstBox(queries: QueryClient, photo: StoredPhoto): Promise<PhotoBox | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), MOST_WAITED));
  return mainBox((await Promise.race([queries.query(garmentsOptions(photo)), late])) ?? undefined);
}
