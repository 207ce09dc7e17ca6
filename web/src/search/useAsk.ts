import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { useNotice } from "../shell/Notices";
import { kindOf, miniature, PhotoError, preparePhoto } from "../photo/prepare";
import { keepPhoto } from "../photo/store";
import { texts } from "../texts";
import { parseState, withoutFilters, type SearchState } from "./state";
import { askAhead } from "./useSearch";

// Ways to change what is asked; each becomes a step of the browser's history.
export function useAsk() {
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

  // A photo replaces the example that was there; words and filters stay.
  const askWithPhoto = useCallback(
    async (file: Blob, options?: { from?: string; fresh?: boolean }) => {
      try {
        const photo = await preparePhoto(file);
        const stored = await keepPhoto(photo, options?.from);
        const { id } = stored;
        const nextOf = (now: SearchState): SearchState => {
          const { item: _i, url: _u, ...rest } = options?.fresh ? {} : now;
          return { ...rest, photo: id, like: undefined, unlike: undefined };
        };
        queries.setQueryData(["photo", id], { ...stored, readable: (await kindOf(photo)) !== "heic" });
        const now = window.location.pathname === "/" ? parseState(window.location.search) : {};
        askAhead(queries, nextOf(now), photo);
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

  const askLikeItem = useCallback(
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

  return { change, askWithPhoto, askLikeItem };
}
