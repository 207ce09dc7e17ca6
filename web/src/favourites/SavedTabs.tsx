import "../styles/saved.css";
import { Link } from "../routing/router";
import { may, useMe } from "../access/me";
import { texts } from "../texts";

const t = texts.savedTabs;

// What somebody has saved: items, searches and outfits for those who have an account, searches for everybody.
export function SavedTabs() {
  const me = useMe();
  if (me && me.kind !== "user") {
    if (!me.sign_in_possible || !may(me, "search")) return null;
    return (
      <p className="soft">
        {t.signInLead} <Link to="/sign-in">{texts.access.signIn}</Link>
      </p>
    );
  }
  return (
    <nav className="tabs" aria-label={t.label}>
      <Link to="/favourites" className="tab">
        {t.items}
      </Link>
      <Link to="/saved-searches" className="tab">
        {t.searches}
      </Link>
      <Link to="/outfits/saved" className="tab">
        {t.outfits}
      </Link>
    </nav>
  );
}
