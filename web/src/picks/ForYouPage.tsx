import "../styles/catalogue.css";
import { useQuery } from "@tanstack/react-query";
import { EyeOff, Sparkles, ThumbsUp, type LucideIcon } from "lucide-react";
import { useState } from "react";
import { feedback, type ForYouPick } from "../api/feedback";
import { Card } from "../search/Card";
import { GridSkeleton } from "../search/Grid";
import { toFoundItem } from "../search/useSearch";
import { Message, ReadFailure } from "../shell/Messages";
import { titleOf } from "../shell/titleOf";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { LearningPanel } from "./LearningPanel";
import { PICKS } from "./picksKey";
import { useOpinion, type Opinion } from "./useOpinion";

const t = pageTexts.forYou;
const OPINIONS: [opinion: Opinion, icon: LucideIcon][] = [
  ["like", ThumbsUp],
  ["hide", EyeOff],
];
const drawSeed = () => Math.floor(Math.random() * 2 ** 32);

function PickCard({ pick: { item }, eager }: { pick: ForYouPick; eager: boolean }) {
  const { opinion, toggle, isPending } = useOpinion(item.id);
  return (
    <Card found={toFoundItem(item)} eager={eager} dimmed={opinion === "hide"}>
      <div className="card-actions" role="group" aria-label={texts.card.actions(titleOf(item))}>
        {OPINIONS.map(([one, Icon]) => (
          <button
            key={one}
            type="button"
            className="icon-button small"
            aria-pressed={opinion === one}
            aria-label={t[one]}
            title={t[one]}
            disabled={isPending}
            onClick={() => toggle(one)}
          >
            <Icon size={17} aria-hidden />
          </button>
        ))}
      </div>
    </Card>
  );
}

// Pieces that the person may like. What they say here changes what the next ones are.
export function ForYouPage() {
  const [seed, setSeed] = useState(drawSeed);
  const query = useQuery({ queryKey: [...PICKS, seed], queryFn: ({ signal }) => feedback.picks(seed, signal) });
  const { data } = query;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.title}</h1>
        <p className="soft">{data?.is_personal === false ? t.newest : t.lead}</p>
      </header>
      <ReadFailure query={query} />
      {query.isLoading && <GridSkeleton />}
      {data?.picks.length === 0 && (
        <Message icon={<Sparkles size={32} />} title={t.none}>
          <p>{t.noneLead}</p>
        </Message>
      )}
      {data && data.picks.length > 0 && (
        <>
          <ul className="grid" aria-label={t.title}>
            {data.picks.map((pick, index) => (
              <PickCard key={pick.item.id} pick={pick} eager={index < 4} />
            ))}
          </ul>
          <div className="row center">
            <button type="button" className="button" onClick={() => setSeed(drawSeed())}>
              {t.others}
            </button>
          </div>
        </>
      )}
      <LearningPanel />
    </div>
  );
}
