import "../styles/catalogue.css";
import "../styles/access.css";
import "../styles/clusters.css";
import { Boxes, Merge } from "lucide-react";
import { useState } from "react";
import { useMay } from "../access/me";
import { clusters, type Cluster, type ClusterOrder, type ClusterView } from "../api/clusters";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { Message, ReadFailure } from "../shell/Messages";
import { MoreButton } from "../shell/MoreButton";
import { useNotice } from "../shell/Notices";
import { pageTexts } from "../pageTexts";
import { ClusterCard } from "./ClusterCard";
import { SelectionBar } from "../shell/SelectionBar";
import { nameOf, problemOf, toggled, useClusters, useRefresh } from "./shared";

const t = pageTexts.clusters;
const ORDERS: ClusterOrder[] = ["size", "newest", "label"];
const FIRST: ClusterView = { order: "size", singles: false, duplicates: false };

function ViewControls({ view, change }: { view: ClusterView; change: (part: Partial<ClusterView>) => void }) {
  return (
    <div className="cluster-view">
      <label className="asset-filter">
        <span>{t.order}</span>
        <select className="input" value={view.order} onChange={(event) => change({ order: ORDERS.find((one) => one === event.target.value) })}>
          {ORDERS.map((one) => (
            <option key={one} value={one}>
              {t.orders[one]}
            </option>
          ))}
        </select>
      </label>
      <label className="choice">
        <input type="checkbox" checked={view.singles} onChange={(event) => change({ singles: event.target.checked })} />
        <span>{t.singles}</span>
      </label>
      <label className="choice">
        <input type="checkbox" checked={view.duplicates} onChange={(event) => change({ duplicates: event.target.checked })} />
        <span>{t.duplicates}</span>
      </label>
    </div>
  );
}

// Asks before the clusters become one: the first takes in the others.
function MergeDialog({ merged, onDone, onClose }: { merged: Cluster[]; onDone: () => void; onClose: () => void }) {
  const [into, ...others] = merged;
  const [other] = others;
  if (!into || !other) return null;
  return (
    <ConfirmDialog
      title={t.mergeTitle}
      lead={t.mergeLead(nameOf(into), others.length === 1 ? t.quoted(nameOf(other)) : t.mergeMany(others.length))}
      go={t.merge}
      act={() => clusters.merge(merged.map(({ id }) => id))}
      errorOf={problemOf}
      onDone={onDone}
      onClose={onClose}
    />
  );
}

// The clusters of the catalogue, to merge by hand.
export function ClustersPage() {
  const notice = useNotice();
  const refresh = useRefresh();
  const mayChange = useMay()("items:write");
  const [view, setView] = useState(FIRST);
  const [selected, setSelected] = useState<string[]>([]);
  const [merging, setMerging] = useState<string[]>();
  const query = useClusters(view);
  const listed = query.data?.pages.flatMap((page) => page.clusters) ?? [];
  const listedOf = (ids: string[]) => ids.flatMap((id) => listed.find((cluster) => cluster.id === id) ?? []);
  const chosen = listedOf(selected);
  const clear = () => setSelected([]);
  const isFiltered = view.order === "label" || view.duplicates || !view.singles;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.title}</h1>
        <p className="soft">{t.lead}</p>
        {mayChange && listed.length > 1 && <p className="soft small">{t.hint}</p>}
      </header>
      <ViewControls
        view={view}
        change={(part) => {
          clear();
          setView((now) => ({ ...now, ...part }));
        }}
      />
      <ReadFailure query={query} />
      {query.isSuccess && listed.length === 0 && !query.hasNextPage && (
        <Message icon={<Boxes size={32} />} title={isFiltered ? t.noneOfFilter : t.none}>
          <p>{isFiltered ? t.noneOfFilterLead : t.noneLead}</p>
        </Message>
      )}
      <SelectionBar count={chosen.length} onClear={clear}>
        <button type="button" className="button primary" disabled={chosen.length < 2} onClick={() => setMerging(chosen.map(({ id }) => id))}>
          <Merge size={17} aria-hidden /> {t.merge}
        </button>
      </SelectionBar>
      <ul className="clusters" aria-label={t.title} aria-busy={query.isPending}>
        {listed.map((cluster) => (
          <ClusterCard
            key={cluster.id}
            cluster={cluster}
            selected={selected.includes(cluster.id)}
            onSelect={mayChange ? () => setSelected((now) => toggled(now, cluster.id)) : undefined}
            onDropped={(id) => setMerging([cluster.id, id])}
          />
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="row center">
          <MoreButton query={query} />
        </div>
      )}
      {merging && (
        <MergeDialog
          merged={listedOf(merging)}
          onDone={() => {
            notice(t.merged);
            setMerging(undefined);
            clear();
            refresh();
          }}
          onClose={() => setMerging(undefined)}
        />
      )}
    </div>
  );
}
