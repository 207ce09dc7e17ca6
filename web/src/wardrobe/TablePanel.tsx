import { useMutation } from "@tanstack/react-query";
import { Download, FileArchive, FileUp } from "lucide-react";
import { useRef } from "react";
import { ApiError } from "../api/client";
import { ARCHIVE_NAME, EXPORT_NAME, wardrobe } from "../api/wardrobe";
import { errorText } from "../shell/errorText";
import { Problem } from "../shell/Field";
import { useNotice } from "../shell/Notices";
import { saveFile } from "../shell/saveFile";
import { pageTexts } from "../pageTexts";
import { useWardrobeChange } from "./shared";

const t = pageTexts.wardrobe;

const isArchive = (file: File) => /\.zip$/i.test(file.name) || /zip/.test(file.type);

// What is wrong with a table or an archive. The server names the column, or the file of the archive.
function readingProblem(error: unknown, file: File | undefined): string {
  if (!(error instanceof ApiError) || (error.status !== 422 && error.status !== 415) || error.field === undefined || error.field === "wardrobe") return errorText(error);
  const archive = file !== undefined && isArchive(file);
  if (error.field === "body") return archive ? t.archiveUnreadable : t.tableUnreadable;
  return archive && /\.\w+$/.test(error.field) ? t.archiveFile(error.field) : t.tableColumn(error.field.replace(/^properties\./, ""));
}

// The wardrobe as a table or with its photos: out, and in again.
export function TablePanel() {
  const notice = useNotice();
  const input = useRef<HTMLInputElement>(null);
  const onError = (error: unknown) => notice(errorText(error));
  const writing = useMutation({ mutationFn: wardrobe.table, onSuccess: (text) => saveFile(new Blob([text], { type: "text/csv" }), EXPORT_NAME), onError });
  const packing = useMutation({ mutationFn: wardrobe.archive, onSuccess: (archive) => saveFile(archive, ARCHIVE_NAME), onError });
  const reading = useWardrobeChange((file: File) => (isArchive(file) ? wardrobe.readArchive(file) : wardrobe.read(file)), null);
  const choose = (chosen: HTMLInputElement) => {
    const file = chosen.files?.[0];
    if (file) reading.mutate(file);
    chosen.value = "";
  };
  return (
    <section className="panel" aria-labelledby="wardrobe-table">
      <h2 id="wardrobe-table">{t.table}</h2>
      <p className="soft">{t.tableLead}</p>
      <div className="row garment-ways">
        <button type="button" className="button" disabled={packing.isPending} onClick={() => packing.mutate()}>
          <FileArchive size={18} aria-hidden /> {packing.isPending ? t.packing : t.archiveOut}
        </button>
        <button type="button" className="button" disabled={writing.isPending} onClick={() => writing.mutate()}>
          <Download size={18} aria-hidden /> {t.tableOut}
        </button>
        <button type="button" className="button" disabled={reading.isPending} onClick={() => input.current?.click()}>
          <FileUp size={18} aria-hidden /> {t.tableIn}
        </button>
      </div>
      <input ref={input} type="file" hidden accept=".csv,text/csv,.zip,application/zip" aria-label={t.tableIn} onChange={(event) => choose(event.target)} />
      <p role="status">{reading.isPending ? t.reading : reading.data && t.tableRead(reading.data.created, reading.data.updated, reading.data.missing_photos, reading.data.known)}</p>
      <Problem>{reading.isError && readingProblem(reading.error, reading.variables)}</Problem>
    </section>
  );
}
