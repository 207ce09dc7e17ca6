import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useMe } from "../access/me";
import { drawDeviceId } from "../api/device";
import { feedback, type Feedback } from "../api/feedback";
import { errorText } from "../shell/errorText";
import { useNotice } from "../shell/Notices";

export type Opinion = "like" | "hide";

// What the person thinks of an item, as far as the page has heard it. It is shown before the server knows it, and taken back where
// the server refuses it.
export function useOpinion(item: string) {
  const isUser = useMe()?.kind === "user";
  const notice = useNotice();
  const [given, setGiven] = useState<Feedback>();
  const changing = useMutation({
    mutationFn: async (wanted: Opinion | undefined) => {
      const next = wanted === undefined ? undefined : await feedback.give(item, wanted, isUser ? undefined : drawDeviceId());
      if (given) await feedback.undo(given.id);
      return next;
    },
    onSuccess: setGiven,
    onError: (error) => notice(errorText(error)),
  });
  const opinion = changing.isPending ? changing.variables : given?.signal;
  return { opinion, toggle: (wanted: Opinion) => changing.mutate(opinion === wanted ? undefined : wanted), isPending: changing.isPending };
}
