import { useQuery } from "@tanstack/react-query";
import { useLocation } from "../routing/router";
import { useCallback, useEffect, useState } from "react";
import { api } from "../api/client";
import { useGarments } from "../detect/useGarments";
import { usePhoto } from "../photo/usePhoto";
import { lazyPart } from "../shell/lazyPart";
import { texts, valueName } from "../texts";
import { takeShared } from "../worker/shared";
import { DropZone } from "./DropZone";
import { EmptyCatalogue } from "./EmptyCatalogue";
import { Hero } from "./Hero";
import { MissingPhoto } from "./MissingPhoto";
import { QueryBar } from "./QueryBar";
import { addRecent } from "./recent";
import { Results } from "./Results";
import { hasExample, hasQuery, stringifyState } from "./state";
import { useSearchActions } from "./useSearchActions";
import { useSearch } from "./useSearch";

const CropDialog = lazyPart(() => import("./CropDialog"));
const CameraDialog = lazyPart(() => import("./CameraDialog"));

export function SearchPage() {
  const state = useLocation({ select: (location) => location.search });
  const mini = useLocation({ select: (location) => (location.hash.startsWith("p=") ? location.hash.slice(2) : "") });
  const { change, searchByPhoto, searchByPart, searchByItem } = useSearchActions();
  const [dialog, setDialog] = useState<"crop" | "camera">();
  const [folded, setFolded] = useState(false);
  const closeDialog = () => setDialog(undefined);

  const { photo, missing } = usePhoto(state.photo, mini);
  const { garments, coming } = useGarments(photo);
  const item = useQuery({
    queryKey: ["item", state.item],
    enabled: state.item !== undefined,
    queryFn: ({ signal }) => api.item(state.item ?? "", signal),
  });
  const result = useSearch(state, photo?.blob, state.photo === undefined || photo !== undefined);

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

  const searching = hasQuery(state);
  const itemTitle = item.data?.title;
  const itemImage = item.data?.images[0]?.thumbnail_url;
  useEffect(() => {
    if (!searching || !result.isSuccess || result.isPlaceholderData) return;
    if (state.item && !itemTitle) return;
    const example = state.photo ? texts.query.photo : state.item ? (itemTitle ?? "") : state.url ? texts.query.photoFromWeb : "";
    const words = [state.q, state.but && texts.but.chosen(valueName(state.but)).toLowerCase()].filter(Boolean).join(", ");
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
    photo,
    item: item.data,
    facets: result.first?.facets,
    onPhoto: searchWith,
    onCamera: () => setDialog("camera"),
    onChange: change,
  };
  const isEmpty =
    result.isSuccess && !result.isPlaceholderData && result.found.length === 0 && !searching && !state.filters && !state.price;

  return (
    <DropZone onPhoto={searchWith}>
      {!searching && <Hero bar={<QueryBar {...barProps} large />} />}
      {searching && <QueryBar {...barProps} folded={folded} />}
      {missing ? (
        <MissingPhoto onChange={change} />
      ) : isEmpty ? (
        <EmptyCatalogue />
      ) : (
        // The start page and the page of a search are two pages: what is on the one does not move to its place on the other.
        <Results
          key={searching ? "search" : "start"}
          state={state}
          result={result}
          hasExample={hasExample(state)}
          photo={photo}
          item={item.data}
          garments={garments}
          coming={coming}
          onChange={change}
          onMore={searchByItem}
          onCrop={photo?.readable ? () => setDialog("crop") : undefined}
          onFold={setFolded}
        />
      )}
      {dialog === "crop" && photo && (
        <CropDialog
          photo={photo}
          box={state.box}
          onFail={closeDialog}
          onClose={closeDialog}
          onCrop={(whole, box) => {
            closeDialog();
            void searchByPart(whole, box);
          }}
        />
      )}
      {dialog === "camera" && (
        <CameraDialog
          onFail={closeDialog}
          onClose={closeDialog}
          onPhoto={(blob) => {
            closeDialog();
            searchWith(blob);
          }}
        />
      )}
    </DropZone>
  );
}
