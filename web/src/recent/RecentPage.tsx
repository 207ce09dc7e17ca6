import "../styles/catalogue.css";
import "../styles/studio.css";
import { useQuery } from "@tanstack/react-query";
import { Link } from "../routing/router";
import { History, Images, Search } from "lucide-react";
import { useMemo, useState } from "react";
import { fromMiniature } from "../photo/prepare";
import { removePhotos } from "../photo/store";
import { useObjectUrl } from "../photo/usePhoto";
import { forgetResults, keptSearches } from "../search/resultStore";
import { clearRecent, useRecent, type Recent } from "../search/recent";
import { parseState } from "../search/state";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { Message } from "../shell/Messages";
import { useNotice } from "../shell/Notices";
import { useReachable } from "../shell/reachable";
import { texts } from "../texts";
import { clearSeen, useSeen, type Seen } from "./seen";

const t = texts.recent;

function SearchEntry({ recent, absent }: { recent: Recent; absent: boolean }) {
  const mini = useMemo(() => (recent.hash ? fromMiniature(recent.hash.slice(2)) : undefined), [recent.hash]);
  const url = useObjectUrl(mini);
  const image = url ?? recent.image;
  return (
    <li>
      <Link to="/" search={parseState(recent.search)} hash={recent.hash} className="recent-search">
        <span className="recent-picture">{image ? <img src={image} alt="" width="56" height="56" /> : <Search size={20} aria-hidden />}</span>
        <span dir="auto">{recent.label}</span>
        {absent && <small className="soft">{texts.kept.absent}</small>}
      </Link>
    </li>
  );
}

function SeenEntry({ seen }: { seen: Seen }) {
  const [isGone, setIsGone] = useState(false); // the item, and its thumbnail with it
  return (
    <li>
      <Link to="/items/$id" params={{ id: seen.id }} className="seen">
        <span className="seen-picture">{seen.image && !isGone ? <img src={seen.image} alt="" width="200" height="250" loading="lazy" onError={() => setIsGone(true)} /> : <Images size={28} aria-hidden />}</span>
        <span className="seen-title" dir="auto">
          {seen.title}
        </span>
      </Link>
    </li>
  );
}

// What was searched for and looked at on this device.
export function RecentPage() {
  const searches = useRecent();
  const seen = useSeen();
  const reachable = useReachable();
  const { data: kept } = useQuery({ queryKey: ["kept-searches"], enabled: !reachable, queryFn: keptSearches, staleTime: 0 });
  const notice = useNotice();
  const [asks, setAsks] = useState(false);
  const isEmpty = searches.length + seen.length === 0;
  const clear = async () => {
    clearRecent();
    clearSeen();
    await removePhotos();
    await forgetResults();
  };
  const done = () => {
    setAsks(false);
    notice(t.cleared);
    document.getElementById("main")?.focus(); // the button is gone
  };
  return (
    <div className="page">
      <header className="page-head">
        <div className="row between">
          <h1>{t.title}</h1>
          {!isEmpty && (
            <button type="button" className="button" onClick={() => setAsks(true)}>
              {t.clear}
            </button>
          )}
        </div>
        <p className="soft">{t.lead}</p>
      </header>
      {isEmpty && (
        <Message icon={<History size={32} />} title={t.none}>
          <p>{t.noneLead}</p>
          <Link to="/" className="button primary">
            {t.search}
          </Link>
        </Message>
      )}
      {searches.length > 0 && (
        <section aria-labelledby="recent-searches-title">
          <h2 id="recent-searches-title">{t.searches}</h2>
          <ul className="recent-searches">
            {searches.map((one) => (
              <SearchEntry key={one.search} recent={one} absent={!reachable && kept?.has(one.search) === false} />
            ))}
          </ul>
        </section>
      )}
      {seen.length > 0 && (
        <section aria-labelledby="seen-title">
          <h2 id="seen-title">{t.seen}</h2>
          <ul className="seen-items">
            {seen.map((one) => (
              <SeenEntry key={one.id} seen={one} />
            ))}
          </ul>
        </section>
      )}
      {asks && <ConfirmDialog title={t.clearTitle} lead={t.clearLead} go={t.clear} act={clear} onDone={done} onClose={() => setAsks(false)} />}
    </div>
  );
}
