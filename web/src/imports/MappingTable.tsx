import type { ImportColumn, ImportPreview } from "../api/imports";
import { PROPERTIES } from "../search/state";
import { texts } from "../texts";
import { fieldName } from "./importWords";

const AS_FOUND = "as-found";

interface Props {
  preview: ImportPreview;
  onMap: (mapping: Record<string, string>) => void;
}

// What each column of a file means, with a choice beside it. A column that the file's shape knows can be left as it was found.
export function MappingTable({ preview, onMap }: Props) {
  const { mapping } = preview.import;
  const valueOf = (column: ImportColumn) => mapping[column.key] ?? (column.known ? AS_FOUND : "");
  const choose = (column: ImportColumn, value: string) => {
    const next = Object.fromEntries(Object.entries(mapping).filter(([key]) => key !== column.key));
    if (value !== AS_FOUND && (value !== "" || column.known)) next[column.key] = value;
    onMap(next);
  };
  return (
    <div className="table-scroll">
      <table className="mapping">
        <thead>
          <tr>
            <th scope="col">{texts.imports.column}</th>
            <th scope="col">{texts.imports.samples}</th>
            <th scope="col">{texts.imports.meaning}</th>
          </tr>
        </thead>
        <tbody>
          {preview.columns.map((column) => (
            <tr key={column.name}>
              <th scope="row" dir="auto">{column.name}</th>
              <td className="soft small sample" dir="auto">{column.samples.join(" · ")}</td>
              <td>
                <select className="input" aria-label={texts.imports.meaningOf(column.name)} value={valueOf(column)} onChange={(event) => choose(column, event.target.value)}>
                  {column.known && <option value={AS_FOUND}>{column.field && !(column.key in mapping) ? fieldName(column.field) : texts.imports.asFound}</option>}
                  <option value="">{texts.imports.leaveOut}</option>
                  {[...preview.fields, ...PROPERTIES].map((field) => (
                    <option key={field} value={field}>
                      {fieldName(field)}
                    </option>
                  ))}
                </select>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
