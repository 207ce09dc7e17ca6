import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { clusters } from "../api/clusters";
import { DialogFoot, DialogFrame } from "../shell/DialogFrame";
import { Problem } from "../shell/Field";
import { ReadFailure } from "../shell/Messages";
import { MoreButton } from "../shell/MoreButton";
import { pageTexts } from "../pageTexts";
import { nameOf, problemOf, useClusters, useRefresh } from "./shared";

const t = pageTexts.clusters;

interface Props {
  from: string; // the id of the cluster that the photos are in
  images: string[];
  onDone: () => void;
  onClose: () => void;
}

// Chooses the cluster that photos are moved to.
export function MoveDialog({ from, images, onDone, onClose }: Props) {
  const refresh = useRefresh();
  const [to, setTo] = useState<string>();
  const query = useClusters({ order: "size", singles: true, duplicates: false });
  const moving = useMutation({
    mutationFn: async (id: string) => {
      for (const image of images) await clusters.move(image, id);
    },
    onSuccess: onDone,
    onError: refresh, // some may have been moved
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (to !== undefined) moving.mutate(to);
  };
  const others = query.data?.pages.flatMap((page) => page.clusters).filter(({ id }) => id !== from) ?? [];
  return (
    <DialogFrame title={t.moveTitle} lead={t.moveLead(images.length)} onClose={onClose}>
      <form onSubmit={submit} className="account-form">
        <ReadFailure query={query} />
        <fieldset className="targets" aria-busy={query.isPending}>
          <legend className="hidden-text">{t.moveTitle}</legend>
          {others.map((cluster) => (
            <label key={cluster.id} className="target">
              <input type="radio" name="cluster" value={cluster.id} checked={to === cluster.id} onChange={() => setTo(cluster.id)} />
              <img src={cluster.centre.thumbnail_url} alt="" width="48" height="60" className="entry-image" loading="lazy" />
              <span>
                {nameOf(cluster)} <span className="soft small">{t.photos(cluster.size)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <MoreButton query={query} className="text-button" />
        <Problem>{moving.isError && problemOf(moving.error)}</Problem>
        <DialogFoot go={t.moveGo} disabled={to === undefined || moving.isPending} />
      </form>
    </DialogFrame>
  );
}
