import { useMutation } from "@tanstack/react-query";
import { Download, FileUp } from "lucide-react";
import { useRef } from "react";
import { ApiError } from "../api/client";
import { EXPORT_NAME, wardrobe } from "../api/wardrobe";
import { errorText } from "../shell/errorText";
import { Problem } from "../shell/Field";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";
import { useWardrobeChange } from "./shared";

const t = texts.wardrobe;

// What is wrong with a table. The server names the column.
function tableProblem(error: unknown): string {
  if (!(error instanceof ApiError) || error.status !== 422 || error.field === undefined || error.field === "wardrobe") return errorText(error);
  return error.field === "body" ? t.tableUnreadable : t.tableColumn(error.field.replace(/^properties\./, ""));
}

function save(text: string) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = EXPORT_NAME;
  link.click();
  URL.revokeObjectURL(address);
}

// The wardrobe as a table: out, and in again.
export function TablePanel() {
  const notice = useNotice();
  const file = useRef<HTMLInputElement>(null);
  const writing = useMutation({ mutationFn: wardrobe.table, onSuccess: save, onError: (error) => notice(errorText(error)) });
  const reading = useWardrobeChange((table: File) => wardrobe.read(table), tableProblem);
  const choose = (input: HTMLInputElement) => {
    const table = input.files?.[0];
    if (table) reading.mutate(table);
    input.value = "";
  };
  return (
    <section className="panel" aria-labelledby="wardrobe-table">
      <h2 id="wardrobe-table">{t.table}</h2>
      <p className="soft">{t.tableLead}</p>
      <div className="row garment-ways">
        <button type="button" className="button" disabled={writing.isPending} onClick={() => writing.mutate()}>
          <Download size={18} aria-hidden /> {t.tableOut}
        </button>
        <button type="button" className="button" disabled={reading.isPending} onClick={() => file.current?.click()}>
          <FileUp size={18} aria-hidden /> {t.tableIn}
        </button>
      </div>
      <input ref={file} type="file" hidden accept=".csv,text/csv" aria-label={t.tableIn} onChange={(event) => choose(event.target)} />
      <p role="status">{reading.data && t.tableRead(reading.data.created, reading.data.updated, reading.data.missing_photos)}</p>
      <Problem>{reading.isError && tableProblem(reading.error)}</Problem>
    </section>
  );
}
