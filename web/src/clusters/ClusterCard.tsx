import { Link } from "../routing/router";
import { useState, type DragEvent } from "react";
import type { Cluster } from "../api/clusters";
import { pageTexts } from "../pageTexts";
import { nameOf } from "./shared";

const t = pageTexts.clusters;
const DRAGGED = "application/x-fit-cluster";

interface Props {
  cluster: Cluster;
  selected: boolean;
  onSelect?: () => void; // absent: the person may change nothing
  onDropped: (id: string) => void; // another cluster was dropped on this one
}

// A cluster by its centre. It is dragged onto another one to merge the two; the check box does it without dragging.
export function ClusterCard({ cluster, selected, onSelect, onDropped }: Props) {
  const [over, setOver] = useState(false);
  const name = nameOf(cluster);
  const copies = cluster.size - cluster.photos;
  const drag = {
    draggable: true,
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.setData(DRAGGED, cluster.id);
      event.dataTransfer.effectAllowed = "move";
    },
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(DRAGGED)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      const id = event.dataTransfer.getData(DRAGGED);
      setOver(false);
      if (!id) return;
      event.preventDefault();
      if (id !== cluster.id) onDropped(id);
    },
  };
  return (
    <li className={over ? "cluster over" : "cluster"} data-id={cluster.id} data-selected={selected || undefined} {...(onSelect && drag)}>
      <Link to="/studio/clusters/$id" params={{ id: cluster.id }} className="cluster-link" draggable={false}>
        <img src={cluster.centre.thumbnail_url} alt="" loading="lazy" decoding="async" draggable={false} />
        <span className="cluster-name">{name}</span>
        <span className="soft small">{[t.photos(cluster.size), copies > 0 && t.copies(copies)].filter(Boolean).join(" · ")}</span>
      </Link>
      {onSelect && (
        <label className="cluster-pick">
          <input type="checkbox" className="cluster-check" aria-label={t.select(name)} checked={selected} onChange={onSelect} />
        </label>
      )}
    </li>
  );
}
