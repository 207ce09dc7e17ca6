import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { fromMiniature, kindOf } from "./prepare";
import { loadPhoto, type StoredPhoto } from "./store";

// The photo of an address: the one stored on this device, otherwise the miniature in the address.
export function usePhoto(id: string | undefined, mini: string) {
  return useQuery({
    queryKey: ["photo", id],
    enabled: id !== undefined,
    staleTime: Infinity,
    networkMode: "always",
    retry: false,
    queryFn: async (): Promise<(StoredPhoto & { readable: boolean }) | null> => {
      if (!id) return null;
      const stored = await loadPhoto(id);
      if (stored) return { ...stored, readable: (await kindOf(stored.blob)) !== "heic" };
      const blob = mini ? fromMiniature(mini) : undefined;
      return blob ? { id, blob, at: 0, readable: true } : null;
    },
  });
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
