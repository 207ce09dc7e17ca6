import { Link } from "../routing/router";
import { ImageUp, Search } from "lucide-react";
import { useMemo, type ReactNode } from "react";
import { fromMiniature } from "../photo/prepare";
import { useObjectUrl } from "../photo/usePhoto";
import { texts } from "../texts";
import { clearRecent, useRecent, type Recent } from "./recent";
import { parseState } from "./state";

function RecentLink({ recent }: { recent: Recent }) {
  const mini = useMemo(() => (recent.hash ? fromMiniature(recent.hash.slice(2)) : undefined), [recent.hash]);
  const url = useObjectUrl(mini);
  const image = url ?? recent.image;
  return (
    <Link to="/" search={parseState(recent.search)} hash={recent.hash} className="recent">
      <span className="recent-image">{image ? <img src={image} alt="" width="36" height="36" /> : <Search size={16} aria-hidden />}</span>
      <span className="recent-label" dir="auto">{recent.label}</span>
    </Link>
  );
}

export function Hero({ bar }: { bar: ReactNode }) {
  const recent = useRecent();
  return (
    <section className="hero">
      <h1>{texts.hero.title}</h1>
      <p className="hero-lead">{texts.hero.lead}</p>
      {bar}
      <p className="hero-drop">
        <ImageUp size={16} aria-hidden /> {texts.hero.drop}
      </p>
      {recent.length > 0 && (
        <div className="recents">
          <div className="recents-head">
            <h2>{texts.hero.recent}</h2>
            <button type="button" className="text-button" onClick={clearRecent}>
              {texts.hero.clear}
            </button>
          </div>
          <ul>
            {recent.slice(0, 8).map((one) => (
              <li key={one.search}>
                <RecentLink recent={one} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
