import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { useNotice } from "../shell/Notices";
import { kindOf, miniature, PhotoError, preparePhoto } from "../photo/prepare";
import { savePhoto } from "../photo/store";
import { texts } from "../texts";
import { parseState, withoutFilters, type SearchState } from "./state";
import { prefetchSearch } from "./useSearch";

// Actions that change the search; each makes an entry in the browser's history.
export function useSearchActions() {
  const navigate = useNavigate();
  const notice = useNotice();
  const queries = useQueryClient();

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

  // A photo replaces the previous example; words and filters stay.
  const searchByPhoto = useCallback(
    async (file: Blob, options?: { from?: string; fresh?: boolean }) => {
      try {
        const photo = await preparePhoto(file);
        const stored = await savePhoto(photo, options?.from);
        const { id } = stored;
        const nextOf = (now: SearchState): SearchState => {
          const { item: _i, url: _u, ...rest } = options?.fresh ? {} : now;
          return { ...rest, photo: id, like: undefined, unlike: undefined };
        };
        queries.setQueryData(["photo", id], { ...stored, readable: (await kindOf(photo)) !== "heic" });
        const now = window.location.pathname === "/" ? parseState(window.location.search) : {};
        prefetchSearch(queries, nextOf(now), photo);
        await navigate({ to: "/", search: nextOf(now), hash: "" });
        // The address also gets a miniature, so that the link works on other devices.
        const mini = await miniature(photo);
        const search = new URLSearchParams(window.location.search);
        if (mini && search.get("photo") === id) {
          void navigate({ to: "/", search: true, hash: `p=${mini}`, replace: true, resetScroll: false, hashScrollIntoView: false });
        }
      } catch (error) {
        const problem = error instanceof PhotoError ? error.problem : "unreadable";
        notice(problem === "not-photo" ? texts.query.notPhoto : problem === "too-large" ? texts.query.tooLarge(20) : texts.query.unreadable);
      }
    },
    [navigate, notice, queries],
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

  return { change, searchByPhoto, searchByItem };
}
