import type { ImportJob } from "../api/imports";
import { texts } from "../texts";

// What an undo has done, and what it has left.
export function UndoReport({ undo }: { undo: NonNullable<ImportJob["undo"]> }) {
  const left = undo.changed_since + undo.removed_since;
  return (
    <div className="undo-report">
      <p>{texts.imports.undoneCounts(undo.deleted, undo.restored)}</p>
      {left > 0 && (
        <section>
          <h3>{texts.imports.left(left)}</h3>
          <ul className="small">
            {undo.kept.map((item) => (
              <li key={`${item.source} ${item.external_id}`}>
                <span dir="auto">{item.title || item.external_id}</span> <span className="soft">{texts.imports.leftWhy[item.reason]}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
