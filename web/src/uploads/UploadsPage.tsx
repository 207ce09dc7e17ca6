import "../styles/catalogue.css";
import "../styles/access.css";
import "../styles/uploads.css";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { assets, type Asset, type AssetState } from "../api/assets";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { ReadFailure } from "../shell/Messages";
import { MoreButton } from "../shell/MoreButton";
import { useNotice } from "../shell/Notices";
import { whileAllowed } from "../shell/queries";
import { pageTexts } from "../pageTexts";
import { AssetRow } from "./AssetRow";
import { DropFiles } from "./DropFiles";
import { SentFiles } from "./SentFiles";
import { isOpen, useSent } from "./sending";

const t = pageTexts.uploads;
const FILTERS = ["all", "queued", "working", "done", "failed"] as const;
type Filter = (typeof FILTERS)[number];
const POLL_MS = 2_000;

const isUnfinished = (asset: Asset) => asset.state === "queued" || asset.state === "working";

export function UploadsPage() {
  const queries = useQueryClient();
  const notice = useNotice();
  const sends = useSent().some(isOpen);
  const [filter, setFilter] = useState<Filter>("all");
  const [mine, setMine] = useState(false);
  const [removed, setRemoved] = useState<Asset>();
  const state: AssetState | undefined = filter === "all" ? undefined : filter;
  const query = useInfiniteQuery({
    queryKey: ["assets", filter, mine],
    queryFn: ({ pageParam, signal }) => assets.list({ state, mine }, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
    refetchInterval: (listing) => (sends || listing.state.data?.pages.some((page) => page.assets.some(isUnfinished)) ? whileAllowed(POLL_MS)(listing) : false),
  });
  const refresh = () => void queries.invalidateQueries({ queryKey: ["assets"] });
  // While files are being sent, the list is read again and again; and once more when the last one was taken.
  useEffect(() => {
    if (!sends) void queries.invalidateQueries({ queryKey: ["assets"] });
  }, [queries, sends]);
  const listed = query.data?.pages.flatMap((page) => page.assets) ?? [];
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.title}</h1>
        <p className="soft">{t.lead}</p>
      </header>
      <DropFiles />
      <SentFiles />
      <ReadFailure query={query} />
      {(query.data !== undefined || !query.isError) && (
        <section className="panel" aria-label={t.listed} aria-busy={query.isPending}>
          <div className="row">
            <label className="asset-filter">
              <span>{t.show}</span>
              <select className="input" value={filter} onChange={(event) => setFilter(event.target.value as Filter)}>
                {FILTERS.map((one) => (
                  <option key={one} value={one}>
                    {t.filters[one]}
                  </option>
                ))}
              </select>
            </label>
            <label className="choice">
              <input type="checkbox" checked={mine} onChange={(event) => setMine(event.target.checked)} />
              <span>{t.mine}</span>
            </label>
          </div>
          {query.isSuccess && listed.length === 0 && <p className="soft none">{filter === "all" && !mine ? t.none : t.noneOfState}</p>}
          <ul className="entries">
            {listed.map((asset) => (
              <AssetRow key={asset.id} asset={asset} onRemove={() => setRemoved(asset)} />
            ))}
          </ul>
          <MoreButton query={query} className="text-button" />
        </section>
      )}
      {removed && (
        <ConfirmDialog
          title={t.removeTitle}
          lead={t.removeLead(removed.name || t.unnamed)}
          go={t.removeGo}
          act={() => assets.remove(removed.id)}
          onDone={() => {
            notice(t.removed);
            setRemoved(undefined);
            refresh();
          }}
          onClose={() => setRemoved(undefined)}
        />
      )}
    </div>
  );
}
