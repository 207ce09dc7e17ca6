import type { PreviewRow } from "../api/imports";
import { formatPrice } from "../shell/format";
import { texts } from "../texts";
import { problemField } from "./importWords";

function Problems({ row }: { row: PreviewRow }) {
  const problems = [
    ...(row.reject ? [`${row.reject.field ? `${problemField(row.reject.field)}: ` : ""}${row.reject.reason}`] : []),
    ...row.warned.map((one) => `${one.field ? `${problemField(one.field)}: ` : ""}${one.warning}${one.value ? ` (${one.value})` : ""}`),
  ];
  if (problems.length === 0) return null;
  return (
    <tr className={row.reject ? "row-problem bad" : "row-problem"}>
      <td colSpan={8} className="small" dir="auto">{problems.join(" · ")}</td>
    </tr>
  );
}

// The first rows of a file as they would be stored, each with what is wrong with it.
export function PreviewTable({ rows }: { rows: PreviewRow[] }) {
  const t = texts.imports;
  const columns = [t.state, t.fields.external_id, t.fields.title, t.fields.brand, t.fields.price, t.fields.size, texts.catalogue.known, t.fields.images];
  return (
    // A scrollable region must be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t.preview}>
      <table>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {rows.map((row) => {
          const { item } = row;
          const what = row.reject ? t.willReject : row.is_new ? t.willCreate : t.willUpdate;
          return (
            <tbody key={row.line}>
              <tr>
                <td>
                  <span className={row.reject ? "status removed" : row.is_new ? "status active" : "status reserved"}>{what}</span>
                </td>
                <td>{item?.external_id ?? row.reject?.external_id}</td>
                <td dir="auto">{item?.title ?? row.reject?.title}</td>
                <td dir="auto">{item?.brand}</td>
                <td className="number">{item && formatPrice(item.price, item.currency || null)}</td>
                <td>{item?.size}</td>
                <td>{item && Object.values(item.properties).join(", ")}</td>
                <td className="number">{item?.images.length}</td>
              </tr>
              <Problems row={row} />
            </tbody>
          );
        })}
      </table>
    </div>
  );
}
