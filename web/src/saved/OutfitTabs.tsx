import { Link } from "../routing/router";
import { useMe } from "../access/me";
import { texts } from "../texts";

const t = texts.saved;

// The pages of outfits, for those who have an account.
export function OutfitTabs() {
  if (useMe()?.kind !== "user") return null;
  return (
    <nav className="tabs" aria-label={t.tabs}>
      <Link to="/outfits" activeOptions={{ exact: true, includeSearch: false }} className="tab">
        {t.tabNew}
      </Link>
      <Link to="/outfits/saved" className="tab">
        {t.tabSaved}
      </Link>
      <Link to="/outfits/plan" className="tab">
        {t.tabPlan}
      </Link>
    </nav>
  );
}
