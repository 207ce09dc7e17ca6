import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useMe } from "../access/me";
import type { Garment, GarmentFilter } from "../api/wardrobe";
import { useReachable } from "../shell/reachable";
import { keepCopy, readCopy, unsentPhotos, type WardrobeCopy } from "./device";
import { adding } from "./adding";

const COPY = ["wardrobe-copy"] as const;
const KEEP_MS = 60_000;

// Keeps the device's copy of the wardrobe up to date while the server can be reached, and sends photos that an earlier window has
// left.
export function useKeptWardrobe() {
  const me = useMe();
  const reachable = useReachable();
  const isUser = me?.kind === "user";
  useQuery({ queryKey: [...COPY, "kept", me?.id, me?.tenant], queryFn: ({ signal }) => (me ? keepCopy(me, signal) : null), enabled: isUser && reachable, staleTime: KEEP_MS });
  useEffect(() => {
    if (me && isUser) unsentPhotos(me).then((photos) => adding.resume(photos), () => undefined); // where the browser forbids it, there are none
  }, [me, isUser]);
}

// The copy while the server cannot be reached.
export function useOfflineCopy(): WardrobeCopy | undefined {
  const me = useMe();
  const reachable = useReachable();
  const query = useQuery({ queryKey: [...COPY, "read", me?.id, me?.tenant], queryFn: async () => (await readCopy(me)) ?? null, enabled: !reachable, staleTime: 0, gcTime: 0 });
  return reachable ? undefined : (query.data ?? undefined);
}

// Whether the filter chooses a garment, as the server does it.
export function isChosen(garment: Garment, { slot, color, state, text, neverWorn }: GarmentFilter): boolean {
  const { name, brand, tags, notes, properties } = garment;
  const words = [name, brand, notes, ...tags, ...Object.values(properties)].join(" ").toLowerCase();
  return (
    (!slot || garment.slot === slot) &&
    (!color || properties.primary_color === color) &&
    (!state || garment.state === state) &&
    (!neverWorn || garment.wears === 0) &&
    (!text || words.includes(text.trim().toLowerCase()))
  );
}
