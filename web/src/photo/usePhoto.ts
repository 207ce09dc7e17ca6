import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { fromMiniature, kindOf } from "./prepare";
import { loadPhoto, type StoredPhoto } from "./store";

export interface ShownPhoto extends StoredPhoto {
  readable: boolean; // by this browser
}

async function stored(id: string): Promise<ShownPhoto | null> {
  try {
    const photo = await loadPhoto(id);
    return photo ? { ...photo, readable: (await kindOf(photo.blob)) !== "heic" } : null;
  } catch {
    return null; // the browser has lost the file behind the stored photo
  }
}

// The photo of an address: the one stored on this device, otherwise the miniature in the address. `missing` says that there
// is neither.
export function usePhoto(id: string | undefined, mini: string): { photo?: ShownPhoto; missing: boolean } {
  const query = useQuery({
    queryKey: ["photo", id],
    enabled: id !== undefined,
    staleTime: Infinity,
    networkMode: "always",
    retry: false,
    queryFn: () => (id ? stored(id) : null),
  });
  const fromAddress = useMemo<ShownPhoto | undefined>(() => {
    const blob = id && mini ? fromMiniature(mini) : undefined;
    return id && blob ? { id, blob, at: 0, readable: true } : undefined;
  }, [id, mini]);
  if (id === undefined || query.isPending) return { missing: false };
  const photo = query.data ?? fromAddress;
  return { photo, missing: photo === undefined };
}

export function useObjectUrl(blob: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!blob) return undefined;
    const made = URL.createObjectURL(blob);
    // An object URL lives outside of React: the effect creates and revokes it.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return blob ? url : undefined;
}
