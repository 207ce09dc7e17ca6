import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "../routing/router";
import { savedSearches, type Alert, type SavedSearch } from "../api/alerts";
import { errorText } from "../shell/errorText";
import { Problem } from "../shell/Field";
import { formatAgo, formatPrice } from "../shell/format";
import { MoreButton } from "../shell/MoreButton";
import { titleOf } from "../shell/titleOf";
import { texts } from "../texts";

const t = texts.alerts;
const PAGE = 6;

function Find({ alert }: { alert: Alert }) {
  const { item } = alert;
  const price = formatPrice(alert.price, alert.currency || null);
  const before = formatPrice(alert.old_price, alert.currency || null);
  const title = item && titleOf(item);
  if (alert.is_gone || !item) return <li className="find-gone soft small">{t.gone}</li>;
  const image = item.images[0];
  return (
    <li className="one-find">
      <Link to="/items/$id" params={{ id: alert.item_id }}>
        {image ? <img src={image.thumbnail_url} alt="" width={image.width} height={image.height} loading="lazy" /> : <span className="no-image" aria-hidden />}
        <span className="find-title">{title}</span>
      </Link>
      <p className="small">
        {price}
        {before && <span className="soft"> {t.was(before)}</span>}
      </p>
      <p className="soft small">
        {t.findNames[alert.event] ?? alert.event}, {formatAgo(alert.created_at)}
      </p>
    </li>
  );
}

// The latest finds of a saved search.
export function Finds({ search }: { search: SavedSearch }) {
  const query = useInfiniteQuery({
    queryKey: ["saved-searches", search.id, "alerts", search.found],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => savedSearches.alerts(search.id, PAGE, pageParam, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  return (
    <>
      <Problem>{query.isError && !query.isFetchNextPageError && errorText(query.error)}</Problem>
      <ul className="finds" aria-label={t.latestOf(search.name)} aria-busy={query.isPending}>
        {query.data?.pages.flatMap((page) => page.alerts).map((alert) => <Find key={alert.id} alert={alert} />)}
      </ul>
      {query.hasNextPage && (
        <div className="row">
          <MoreButton query={query} className="text-button" />
        </div>
      )}
    </>
  );
}
