import { useCallback, useEffect, useRef } from "react";
import { texts } from "../texts";
import { Card } from "./Card";
import type { FoundItem, QueryInfo } from "./useSearch";
import { toggleExample, type ChangeState, type SearchState } from "./state";

interface Props {
  found: FoundItem[];
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

export function Grid({ found, state, info, dimmed, hasMore, loadingMore, moreFailed, onReachEnd, onOpen, onMore, onChange }: Props) {
  const end = useRef<HTMLDivElement>(null);
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
  }, [hasMore, loadingMore, moreFailed, found.length]);

  return (
    <>
      <ul className={dimmed ? "grid dimmed" : "grid"} data-testid="grid">
        {found.map((one, index) => (
          <Card
            key={one.id}
            found={one}
            info={info}
            eager={index < 4}
            liked={state.like?.includes(one.id) ?? false}
            unliked={state.unlike?.includes(one.id) ?? false}
            position={index + 1}
            onOpen={onOpen}
            onMore={onMore}
            onExample={onExample}
          />
        ))}
      </ul>
      <div ref={end} className="grid-end" role="status">
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
