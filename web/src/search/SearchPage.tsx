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
import { remember } from "./recent";
import { Results } from "./Results";
import { hasExample, isQuestion, stringifyState, type SearchState } from "./state";
import { useAsk } from "./useAsk";
import { useSearch } from "./useSearch";

const CropDialog = lazy(() => import("./CropDialog"));
const CameraDialog = lazy(() => import("./CameraDialog"));

export function SearchPage() {
  const state: SearchState = useAddress({ from: "/" });
  const mini = useLocation({ select: (location) => (location.hash.startsWith("p=") ? location.hash.slice(2) : "") });
  const { change, askWithPhoto, askLikeItem } = useAsk();
  const notice = useNotice();
  const [dialog, setDialog] = useState<"crop" | "camera">();

  const photo = usePhoto(state.photo, mini);
  const item = useQuery({
    queryKey: ["item", state.item],
    enabled: state.item !== undefined,
    queryFn: ({ signal }) => api.item(state.item ?? "", signal),
  });
  const photoLost = state.photo !== undefined && photo.isSuccess && photo.data === null;
  const result = useSearch(state, photo.data?.blob, state.photo === undefined || Boolean(photo.data));

  const searchWith = useCallback((file: Blob) => void askWithPhoto(file), [askWithPhoto]);

  // What another app shared into this one.
  useEffect(() => {
    void takeShared().then((shared) => {
      if (!shared) return;
      if (shared.photo) void askWithPhoto(shared.photo, { fresh: true });
      else if (shared.url) change(() => ({ url: shared.url }), { replace: true });
      else if (shared.text) change(() => ({ q: shared.text }), { replace: true });
    });
  }, [askWithPhoto, change]);

  useEffect(() => {
    if (photoLost) notice(texts.query.lost);
  }, [photoLost, notice]);

  const question = isQuestion(state);
  const itemTitle = item.data?.title;
  const itemImage = item.data?.images[0]?.thumbnail_url;
  useEffect(() => {
    if (!question || !result.isSuccess || result.isPlaceholderData) return;
    if (state.item && !itemTitle) return;
    const example = state.photo ? texts.query.photo : state.item ? (itemTitle ?? "") : state.url ? texts.query.photoFromWeb : "";
    const words = [state.q, state.but && texts.but.chosen(state.but).toLowerCase()].filter(Boolean).join(", ");
    if (state.like && !example && !words) return;
    remember({
      search: stringifyState(state),
      hash: mini ? `p=${mini}` : "",
      label: [example, words].filter(Boolean).join(", "),
      image: state.item ? itemImage : state.url,
      at: Date.now(),
    });
  }, [question, state, mini, itemTitle, itemImage, result.isSuccess, result.isPlaceholderData]);

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
    result.isSuccess && !result.isPlaceholderData && result.found.length === 0 && !question && !state.filters && !state.price;

  return (
    <DropZone onPhoto={searchWith}>
      {!question && <Hero bar={<QueryBar {...barProps} large />} />}
      {question && <QueryBar {...barProps} />}
      {isEmpty ? (
        <EmptyCatalogue />
      ) : (
        <Results state={state} result={result} onChange={change} onMore={askLikeItem} hasExample={hasExample(state)} />
      )}
      <Suspense fallback={null}>
        {dialog === "crop" && photo.data && (
          <CropDialog
            photo={photo.data}
            onClose={() => setDialog(undefined)}
            onCrop={(blob, from) => {
              setDialog(undefined);
              void askWithPhoto(blob, { from });
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
