import { Link } from "../routing/router";
import { Pause, Pencil, Play, Rss, Search, Trash2 } from "lucide-react";
import type { SavedSearch } from "../api/alerts";
import { formatAgo } from "../shell/format";
import { texts } from "../texts";
import { Finds } from "./Finds";
import { stateOf } from "./savedQuery";

const t = texts.alerts;

interface Props {
  search: SavedSearch;
  busy: boolean;
  onPause: () => void;
  onEdit: () => void;
  onRemove: () => void;
}

// What a saved search tells, in one line.
const planOf = (search: SavedSearch) => [...search.events.map((event) => t.eventNames[event] ?? event), t.schedules[search.schedule]].join(" · ");

function State({ search }: { search: SavedSearch }) {
  if (!search.is_active) return <span className="status ended">{t.paused}</span>;
  if (!search.is_confirmed && search.channels.some((one) => one.type === "email")) return <span className="status">{t.unconfirmed}</span>;
  return null;
}

export function SavedSearchRow({ search, busy, onPause, onEdit, onRemove }: Props) {
  const { name } = search;
  const state = stateOf(search);
  return (
    <li className="panel saved-search" data-id={search.id}>
      <div className="saved-head">
        {search.photo_url && <img className="saved-photo" src={search.photo_url} alt={t.photoOf(name)} loading="lazy" />}
        <div className="saved-text">
          <h2>{name}</h2>
          <p className="soft small">{planOf(search)}</p>
          <p className="small">
            {search.found > 0 ? t.finds(search.found) : t.findsNone}
            {search.last_found_at && `, ${t.lastFind(formatAgo(search.last_found_at))}`} <State search={search} />
          </p>
          {search.problem && <p className="small">{t.problem(search.problem)}</p>}
        </div>
      </div>
      {search.found > 0 && <Finds search={search} />}
      <div className="row">
        {state && (
          <Link to="/" search={state} className="button">
            <Search size={16} aria-hidden /> {t.search}
          </Link>
        )}
        <button type="button" className="button" aria-label={search.is_active ? t.pauseNamed(name) : t.resumeNamed(name)} disabled={busy} onClick={onPause}>
          {search.is_active ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />} {search.is_active ? t.pause : t.resume}
        </button>
        <button type="button" className="button" aria-label={t.editNamed(name)} onClick={onEdit}>
          <Pencil size={16} aria-hidden /> {t.edit}
        </button>
        <a className="button" href={search.feed_url} aria-label={t.feedNamed(name)}>
          <Rss size={16} aria-hidden /> {t.feed}
        </a>
        <button type="button" className="button" aria-label={t.removeNamed(name)} onClick={onRemove}>
          <Trash2 size={16} aria-hidden /> {t.remove}
        </button>
      </div>
    </li>
  );
}
