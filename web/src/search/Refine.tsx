import { useQueries } from "@tanstack/react-query";
import { ThumbsDown, ThumbsUp, X } from "lucide-react";
import { api } from "../api/client";
import { titleOf } from "../shell/titleOf";
import { texts } from "../texts";
import { toggleExample, type ChangeState, type SearchState } from "./state";

function Examples({ kind, ids, onChange }: { kind: "like" | "unlike"; ids: string[]; onChange: ChangeState }) {
  const items = useQueries({
    queries: ids.map((id) => ({ queryKey: ["item", id], queryFn: ({ signal }: { signal: AbortSignal }) => api.item(id, signal) })),
  });
  const Icon = kind === "like" ? ThumbsUp : ThumbsDown;
  return (
    <>
      <span className={`chips-label ${kind}`}>
        <Icon size={15} aria-hidden /> {kind === "like" ? texts.refine.liked : texts.refine.unliked}
      </span>
      {ids.map((id, index) => {
        const item = items[index]?.data;
        const title = item ? titleOf(item) : texts.card.noTitle;
        return (
          <button
            key={id}
            type="button"
            className="refine-one"
            aria-label={texts.refine.remove(title)}
            title={texts.refine.remove(title)}
            onClick={() => onChange((now) => toggleExample(now, kind, id), { stay: true })}
          >
            {item?.images[0] ? <img src={item.images[0].thumbnail_url} alt="" width="40" height="40" /> : <span className="bone" />}
            <X size={12} aria-hidden />
          </button>
        );
      })}
    </>
  );
}

export function Refine({ state, onChange }: { state: SearchState; onChange: ChangeState }) {
  return (
    <section className="chips refine" aria-label={texts.refine.title}>
      {state.like && <Examples kind="like" ids={state.like} onChange={onChange} />}
      {state.unlike && <Examples kind="unlike" ids={state.unlike} onChange={onChange} />}
      <button type="button" className="text-button" onClick={() => onChange(({ like: _l, unlike: _u, ...rest }) => rest, { stay: true })}>
        {texts.refine.clear}
      </button>
    </section>
  );
}
