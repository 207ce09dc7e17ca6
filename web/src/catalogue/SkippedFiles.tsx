import { texts } from "../texts";
import type { Source } from "./runImport";

const MOST = 200;

// The files of a folder that are not imported: their number, and a list that can be opened.
export function SkippedFiles({ source }: { source: Source }) {
  const { skipped } = source;
  if (skipped.length === 0) return null;
  return (
    <details className="skipped small">
      <summary>{texts.catalogue.skipped(skipped.length)}</summary>
      {skipped.length > MOST && <p className="soft">{texts.catalogue.rejectsFirst(MOST)}</p>}
      <ul>
        {skipped.slice(0, MOST).map(({ path, why }) => (
          <li key={path}>
            {path} <span className="soft">{texts.catalogue.skippedWhy[why]}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
