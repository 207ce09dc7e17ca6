import { useState, type ReactNode } from "react";
import { texts } from "../texts";

const PAGE = 200; // rows that are shown at first, and with each "show more"

interface Props {
  title: string;
  action?: ReactNode;
  photos: boolean; // the rows are photos, not lines of a file
  columns: string[]; // after the first, which says where the row is
  rows: string[][];
  total: number; // of which `rows` are the first
}

// Rows of an import, a page at a time: thousands of them would make the page slow.
export function RowTable({ title, action, photos, columns, rows, total }: Props) {
  const [shown, setShown] = useState(PAGE);
  const more = Math.min(PAGE, rows.length - shown);
  return (
    <section className="rejects">
      <div className="row">
        <h3>{title}</h3>
        {action}
      </div>
      {total > rows.length && <p className="soft small">{texts.catalogue.rejectsFirst(rows.length)}</p>}
      {/* A scrollable region must be reachable by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="table-scroll" tabIndex={0} role="region" aria-label={title}>
        <table>
          <thead>
            <tr>
              {[photos ? texts.catalogue.photoColumn : texts.catalogue.line, ...columns].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((cells, row) => (
              <tr key={row}>
                {cells.map((cell, column) => (
                  <td key={column}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 && (
        <button type="button" className="text-button" onClick={() => setShown(shown + PAGE)}>
          {texts.catalogue.moreRows(more)}
        </button>
      )}
    </section>
  );
}
