import { useQuery } from "@tanstack/react-query";
import { useLocation, useSearch as useAddress } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { api } from "../api/client";
import { usePhoto } from "../photo/usePhoto";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";
import { takeShared } from "../worker/shared";
import { DropZone } from "./DropZone";
import { EmptyCatalogue } from "./EmptyCatalogue";
import { Hero } from "./Hero";
import { QueryBar } from "./QueryBar";
import { addRecent } from "./recent";
import { Results } from "./Results";
import { hasExample, hasQuery, stringifyState, type SearchState } from "./state";
import { useSearchActions } from "./useSearchActions";
import { useSearch } from "./useSearch";

const CropDialog = lazy(() => import("./CropDialog"));
const CameraDialog = lazy(() => import("./CameraDialog"));

export function SearchPage() {
  const state: SearchState = useAddress({ from: "/" });
  const mini = useLocation({ select: (location) => (location.hash.startsWith("p=") ? location.hash.slice(2) : "") });
  const { change, searchByPhoto, searchByItem } = useSearchActions();
  const notice = useNotice();
  const [dialog, setDialog] = useState<"crop" | "camera">();

  const photo = usePhoto(state.photo, mini);
  const item = useQuery({
    queryKey: ["item", state.item],
    enabled: state.item !== undefined,
    queryFn: ({ signal }) => api.item(state.item ?? "", signal),
  });
  const photoMissing = state.photo !== undefined && photo.isSuccess && photo.data === null;
  const result = useSearch(state, photo.data?.blob, state.photo === undefined || Boolean(photo.data));

  const searchWith = useCallback((file: Blob) => void searchByPhoto(file), [searchByPhoto]);

  // Search with what another app shared.
  useEffect(() => {
    void takeShared().then((shared) => {
      if (!shared) return;
      if (shared.photo) void searchByPhoto(shared.photo, { fresh: true });
      else if (shared.url) change(() => ({ url: shared.url }), { replace: true });
      else if (shared.text) change(() => ({ q: shared.text }), { replace: true });
    });
  }, [searchByPhoto, change]);

  useEffect(() => {
    if (photoMissing) notice(texts.query.missing);
  }, [photoMissing, notice]);

  const searching = hasQuery(state);
  const itemTitle = item.data?.title;
  const itemImage = item.data?.images[0]?.thumbnail_url;
  useEffect(() => {
    if (!searching || !result.isSuccess || result.isPlaceholderData) return;
    if (state.item && !itemTitle) return;
    const example = state.photo ? texts.query.photo : state.item ? (itemTitle ?? "") : state.url ? texts.query.photoFromWeb : "";
    const words = [state.q, state.but && texts.but.chosen(state.but).toLowerCase()].filter(Boolean).join(", ");
    if (state.like && !example && !words) return;
    addRecent({
      search: stringifyState(state),
      hash: mini ? `p=${mini}` : "",
      label: [example, words].filter(Boolean).join(", "),
      image: state.item ? itemImage : state.url,
      at: Date.now(),
    });
  }, [searching, state, mini, itemTitle, itemImage, result.isSuccess, result.isPlaceholderData]);

  const barProps = {
    state,
    photo: photo.data ?? undefined,
    item: item.data,
    onPhoto: searchWith,
    onCamera: () => setDialog("camera"),
    onCrop: photo.data?.readable ? () => setDialog("crop") : undefined,
    onChange: change,
  };
  const isEmpty =
    result.isSuccess && !result.isPlaceholderData && result.found.length === 0 && !searching && !state.filters && !state.price;

  return (
    <DropZone onPhoto={searchWith}>
      {!searching && <Hero bar={<QueryBar {...barProps} large />} />}
      {searching && <QueryBar {...barProps} />}
      {isEmpty ? (
        <EmptyCatalogue />
      ) : (
        <Results state={state} result={result} onChange={change} onMore={searchByItem} hasExample={hasExample(state)} />
      )}
      <Suspense fallback={null}>
        {dialog === "crop" && photo.data && (
          <CropDialog
            photo={photo.data}
            onClose={() => setDialog(undefined)}
            onCrop={(blob, from) => {
              setDialog(undefined);
              void searchByPhoto(blob, { from });
            }}
          />
        )}
        {dialog === "camera" && (
          <CameraDialog
            onClose={() => setDialog(undefined)}
            onPhoto={(blob) => {
              setDialog(undefined);
              searchWith(blob);
            }}
          />
        )}
      </Suspense>
    </DropZone>
  );
}
