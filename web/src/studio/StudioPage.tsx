import "../styles/catalogue.css";
import "../styles/studio.css";
import { Link } from "../routing/router";
import { useMe } from "../access/me";
import { studioOf } from "../access/pages";
import { texts } from "../texts";

const t = texts.studio;

// The pages of the studio that the person may open, each with what it is for.
export function StudioPage() {
  const groups = studioOf(useMe());
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.title}</h1>
        <p className="soft">{t.lead}</p>
      </header>
      {groups.map(({ name, pages }) => (
        <section key={name} aria-labelledby={`studio-${name}`}>
          <h2 id={`studio-${name}`}>{t.groups[name]}</h2>
          <ul className="studio-pages">
            {pages.map(({ to, name: page, icon: Icon }) => (
              <li key={to}>
                <Link to={to} className="studio-page">
                  <span className="studio-icon">
                    <Icon size={22} aria-hidden />
                  </span>
                  <span>
                    <strong>{texts.titles[page]}</strong>
                    <span className="soft small">{t.about[page]}</span>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
