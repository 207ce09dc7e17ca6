import "../styles/catalogue.css";
import "../styles/access.css";
import "../styles/review.css";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "../routing/router";
import { Check, ShieldCheck, Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../api/client";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { errorText } from "../shell/errorText";
import { formatAgo } from "../shell/format";
import { Message, ReadFailure } from "../shell/Messages";
import { MoreButton } from "../shell/MoreButton";
import { useNotice } from "../shell/Notices";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";
import { reviews, type FlaggedItem, type ImageFlag } from "./reviews";
import { scoreList } from "./scoreList";

const t = pageTexts.review;
const reviewKey = ["reviews"];
const titleOf = ({ item }: FlaggedItem) => item.title || texts.card.noTitle;

// Another person may have decided meanwhile.
const problemOf = (error: unknown) => (error instanceof ApiError && error.status === 404 ? t.decided : errorText(error));

function Flag({ flagged, flag }: { flagged: FlaggedItem; flag: ImageFlag }) {
  const image = flagged.item.images.find((one) => one.id === flag.image_id);
  return (
    <figure className="flag">
      {image && <img src={image.thumbnail_url} alt={t.photoOf(titleOf(flagged))} width={image.width} height={image.height} loading="lazy" decoding="async" />}
      <figcaption>
        <p>{flag.reason === "blocked" ? t.blocked : t.looksLike(flag.reason)}</p>
        {flag.scores && (
          <ul className="scores" aria-label={t.scores}>
            {scoreList(flag).map(([name, percent]) => (
              <li key={name}>
                {name} {percent} %
              </li>
            ))}
          </ul>
        )}
        <p className="soft small">{formatAgo(flag.flagged_at)}</p>
      </figcaption>
    </figure>
  );
}

function FlaggedRow({ flagged, onDecided, onRemove }: { flagged: FlaggedItem; onDecided: () => void; onRemove: () => void }) {
  const notice = useNotice();
  const approving = useMutation({
    mutationFn: () => reviews.approve(flagged.item.id),
    onSuccess: () => notice(t.approved),
    onError: (error) => notice(problemOf(error)),
    onSettled: onDecided,
  });
  const title = titleOf(flagged);
  return (
    <li className="panel flagged" data-id={flagged.item.id}>
      <div className="flags">
        {flagged.flags.map((flag) => (
          <Flag key={flag.image_id} flagged={flagged} flag={flag} />
        ))}
      </div>
      <div className="flagged-text">
        <h2>
          <Link to="/items/$id" params={{ id: flagged.item.id }}>
            {title}
          </Link>
        </h2>
        <p className="soft small">{[flagged.item.brand, flagged.item.source, t.becomes(texts.status[flagged.listed_status] ?? flagged.listed_status)].filter(Boolean).join(" · ")}</p>
        <div className="row">
          <button type="button" className="button primary" aria-label={t.approveNamed(title)} disabled={approving.isPending} onClick={() => approving.mutate()}>
            <Check size={17} aria-hidden /> {t.approve}
          </button>
          <button type="button" className="button" aria-label={t.removeNamed(title)} disabled={approving.isPending} onClick={onRemove}>
            <Trash2 size={16} aria-hidden /> {t.remove}
          </button>
        </div>
      </div>
    </li>
  );
}

// The items whose images the content filter flagged; a person approves or removes each.
export function ReviewPage() {
  const queries = useQueryClient();
  const notice = useNotice();
  const query = useInfiniteQuery({
    queryKey: reviewKey,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => reviews.list(pageParam, signal),
    getNextPageParam: (page) => page.next_after,
    staleTime: 0,
  });
  const [removing, setRemoving] = useState<FlaggedItem>();
  const refresh = () => void queries.invalidateQueries();
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages[0]?.total ?? 0;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.title}</h1>
        <p className="soft">{t.lead}</p>
        {query.isSuccess && total > 0 && (
          <p className="soft" role="status">
            {t.waiting(total)}
          </p>
        )}
      </header>
      <ReadFailure query={query} />
      {query.isSuccess && items.length === 0 && (
        <Message icon={<ShieldCheck size={32} />} title={t.none}>
          <p>{t.noneLead}</p>
        </Message>
      )}
      <ul className="flagged-list" aria-label={t.title} aria-busy={query.isPending}>
        {items.map((flagged) => (
          <FlaggedRow key={flagged.item.id} flagged={flagged} onDecided={refresh} onRemove={() => setRemoving(flagged)} />
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="row center">
          <MoreButton query={query} />
        </div>
      )}
      {removing && (
        <ConfirmDialog
          title={t.removeTitle}
          lead={t.removeLead(titleOf(removing))}
          go={t.remove}
          act={() => reviews.remove(removing.item.id)}
          errorOf={problemOf}
          onDone={() => {
            notice(t.removed);
            setRemoving(undefined);
            refresh();
          }}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </div>
  );
}
