import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "../routing/router";
import { useCallback, useRef } from "react";
import { ApiError } from "../api/client";
import type { PhotoBox } from "../detect/box";
import { firstBox, useDetects } from "../detect/useGarments";
import { errorText } from "../shell/errorText";
import { useNotice } from "../shell/Notices";
import { cropPhoto, kindOf, miniature, PhotoError, preparePhoto } from "../photo/prepare";
import { savePhoto, type StoredPhoto } from "../photo/store";
import { texts } from "../texts";
import { parseState, withoutFilters, type SearchState } from "./state";
import { prefetchSearch } from "./useSearch";

function problemText(error: unknown): string {
  if (error instanceof ApiError) return errorText(error);
  const problem = error instanceof PhotoError ? error.problem : "unreadable";
  return problem === "not-photo" ? texts.query.notPhoto : problem === "too-large" ? texts.query.tooLarge(20) : texts.query.unreadable;
}

interface PhotoOptions {
  from?: string; // id of the photo that this one was cropped from
  fresh?: boolean; // without the words and filters of the page
  part?: PhotoBox | "whole"; // what is searched with; by default the garment that the photo is about, or the whole photo
}

// Actions that change the search; each makes an entry in the browser's history.
export function useSearchActions() {
  const navigate = useNavigate();
  const notice = useNotice();
  const queries = useQueryClient();
  const detecting = useDetects();
  const newest = useRef(0); // number of the photo that was chosen last

  const change = useCallback(
    (next: (now: SearchState) => SearchState, options?: { replace?: boolean; stay?: boolean }) =>
      void navigate({
        to: "/",
        search: (now) => next(now),
        hash: true,
        replace: options?.replace,
        resetScroll: !options?.stay,
      }),
    [navigate],
  );

  // A photo replaces the previous example; words and filters stay. Preparing a photo takes a while: if another one was chosen
  // or another page was opened meanwhile, that is what the person wants, and this photo is dropped.
  const searchByPhoto = useCallback(
    async (file: Blob | Promise<Blob>, options?: PhotoOptions) => {
      const number = ++newest.current;
      const page = window.location.pathname;
      const wanted = () => number === newest.current && window.location.pathname === page;
      try {
        const photo = await preparePhoto(await file);
        const stored = await savePhoto(photo, options?.from);
        const readable = (await kindOf(photo)) !== "heic";
        const part = options?.part ?? (detecting ? await firstBox(queries, stored) : "whole");
        if (!wanted()) return;
        const { id } = stored;
        const box = part === "whole" ? undefined : part;
        const nextOf = (now: SearchState): SearchState => {
          const { item: _i, url: _u, hints: _h, ...rest } = options?.fresh ? {} : now;
          return { ...rest, photo: id, box, like: undefined, unlike: undefined };
        };
        queries.setQueryData(["photo", id], { ...stored, readable });
        const now = window.location.pathname === "/" ? parseState(window.location.search) : {};
        prefetchSearch(queries, nextOf(now), photo);
        await navigate({ to: "/", search: nextOf(now), hash: "" });
        // The address also gets a miniature, so that the link works on other devices.
        const mini = await miniature(photo, detecting);
        const search = new URLSearchParams(window.location.search);
        if (mini && window.location.pathname === "/" && search.get("photo") === id) {
          void navigate({ to: "/", search: true, hash: `p=${mini}`, replace: true, resetScroll: false });
        }
      } catch (error) {
        if (!wanted()) return;
        notice(problemText(error));
      }
    },
    [navigate, notice, queries, detecting],
  );

  // Searches with a part of a photo, or with the whole of it. Servers that find garments cut the part out themselves, so that
  // the photo stays the same.
  const searchByPart = useCallback(
    (photo: StoredPhoto, box: PhotoBox | undefined, options?: { fresh?: boolean }) => {
      if (detecting || !box) return searchByPhoto(photo.blob, { ...options, part: box ?? "whole" });
      return searchByPhoto(cropPhoto(photo.blob, box), { ...options, from: photo.id });
    },
    [searchByPhoto, detecting],
  );

  const searchByItem = useCallback(
    (id: string) =>
      void navigate({
        to: "/",
        search: (now) => {
          const state = withoutFilters(now);
          return { sort: state.sort, copies: state.copies, item: id };
        },
        hash: "",
      }),
    [navigate],
  );

  return { change, searchByPhoto, searchByPart, searchByItem };
}
