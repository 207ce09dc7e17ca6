import { useCallback, useEffect, useRef } from "react";
import { texts } from "../texts";
import { Card } from "./Card";
import { matchOf } from "./match";
import type { Section } from "./sections";
import type { QueryInfo } from "./useSearch";
import { stringifyState, toggleExample, type ChangeState, type SearchState } from "./state";

interface Props {
  sections: Section[];
  state: SearchState;
  info: QueryInfo;
  dimmed: boolean;
  hasMore: boolean;
  loadingMore: boolean;
  moreFailed: boolean;
  onReachEnd: () => void;
  onOpen: (id: string, position: number) => void;
  onMore: (id: string) => void;
  onChange: ChangeState;
}

export function Grid({ sections, state, info, dimmed, hasMore, loadingMore, moreFailed, onReachEnd, onOpen, onMore, onChange }: Props) {
  const end = useRef<HTMLDivElement>(null);
  // The end of another result is another element: one that came up from below the window would count as a shift of the page.
  const result = dimmed ? "" : stringifyState(state);
  const count = sections.reduce((sum, one) => sum + one.ranked.length, 0);
  const reach = useRef(onReachEnd);
  useEffect(() => {
    reach.current = onReachEnd;
  });
  const onExample = useCallback(
    (kind: "like" | "unlike", id: string) => onChange((now) => toggleExample(now, kind, id), { stay: true }),
    [onChange],
  );

  // The next page is requested two screens before its place becomes visible.
  useEffect(() => {
    const node = end.current;
    if (!node || !hasMore || loadingMore || moreFailed) return undefined;
    const observer = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && reach.current(), {
      rootMargin: "1600px 0px",
    });
    observer.observe(node);
    return () => observer.disconnect();
  }, [hasMore, loadingMore, moreFailed, count, result]);

  return (
    <>
      {sections.map(({ closeness, ranked }) => (
        <section key={closeness ?? ""} className="matches" aria-labelledby={closeness && `matches-${closeness}`}>
          {closeness && (
            <h2 id={`matches-${closeness}`} className="matches-title">
              {texts.closeness[closeness]}
            </h2>
          )}
          <ul className={dimmed ? "grid dimmed" : "grid"} data-testid="grid">
            {ranked.map(({ found, position }) => (
              <Card
                key={found.id}
                found={found}
                info={info}
                hasBadge={matchOf(found, info.hasExample) !== closeness}
                eager={position <= 4}
                liked={state.like?.includes(found.id) ?? false}
                unliked={state.unlike?.includes(found.id) ?? false}
                position={position}
                onOpen={onOpen}
                onMore={onMore}
                onExample={onExample}
              />
            ))}
          </ul>
        </section>
      ))}
      <div key={result} ref={end} className={hasMore ? "grid-end" : "grid-end last"} role="status">
        {loadingMore && texts.results.more}
        {!hasMore && !loadingMore && texts.results.end}
        {moreFailed && (
          <button type="button" className="button" onClick={onReachEnd}>
            {texts.retry}
          </button>
        )}
      </div>
    </>
  );
}

export function GridSkeleton({ count = 8 }: { count?: number }) {
  return (
    <ul className="grid" aria-label={texts.loading}>
      {Array.from({ length: count }, (_, index) => (
        <li key={index} className="card skeleton" aria-hidden>
          <div className="card-image" />
          <div className="card-text">
            <span className="bone" />
            <span className="bone short" />
          </div>
        </li>
      ))}
    </ul>
  );
}
