import { Link } from "../routing/router";
import type { ClusterMember } from "../api/clusters";
import { pageTexts } from "../pageTexts";
import { texts } from "../texts";

const t = pageTexts.clusters;

interface Props {
  member: ClusterMember;
  badge?: string;
  selected: boolean;
  onSelect?: () => void; // absent: the person may change nothing
}

// A photo of a cluster, which leads to its piece, or to the picture of a file that is no piece.
export function MemberCard({ member, badge, selected, onSelect }: Props) {
  const title = member.title || texts.card.noTitle;
  const shown = (
    <>
      <img src={member.thumbnail_url} alt="" loading="lazy" decoding="async" />
      {badge && <span className="badge">{badge}</span>}
      <span className="cluster-name">{title}</span>
    </>
  );
  return (
    <li className="cluster" data-id={member.image_id} data-selected={selected || undefined}>
      {member.item_id ? (
        <Link to="/items/$id" params={{ id: member.item_id }} className="cluster-link">
          {shown}
        </Link>
      ) : (
        <a href={member.url} target="_blank" rel="noreferrer" className="cluster-link">
          {shown}
        </a>
      )}
      {onSelect && (
        <label className="cluster-pick">
          <input type="checkbox" className="cluster-check" aria-label={t.select(title)} checked={selected} onChange={onSelect} />
        </label>
      )}
    </li>
  );
}
