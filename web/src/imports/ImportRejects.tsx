import { useMutation, useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { imports, type ImportJob } from "../api/imports";
import { RowTable } from "../catalogue/RowTable";
import { errorText } from "../shell/errorText";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";
import { problemField } from "./importWords";

interface Props {
  job: ImportJob;
  onCorrected: (file: File) => void; // the rows, corrected by the person
}

async function download(job: ImportJob): Promise<void> {
  const url = URL.createObjectURL(await imports.rejectsFile(job.id));
  const name = job.file.format === "table" ? "rejects.csv" : "rejects.ndjson";
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

// The rejected rows of an import: a list, the rows as a file to be corrected, and the way back for that file.
export function ImportRejects({ job, onCorrected }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const notice = useNotice();
  const query = useQuery({ queryKey: ["import-rejects", job.id, job.progress.rejected], queryFn: ({ signal }) => imports.rejects(job.id, signal) });
  const saving = useMutation({ mutationFn: () => download(job), onError: (error) => notice(errorText(error)) });
  const columns = [texts.imports.item, texts.catalogue.field, texts.catalogue.value, texts.catalogue.reason];
  const rows = (query.data?.rejects ?? []).map((one) => [
    String(one.line),
    [one.title, one.external_id].filter(Boolean).join(" · "),
    problemField(one.field),
    one.value,
    one.reason,
  ]);
  const canCorrect = job.file.format !== "xml" && job.can_undo;
  const buttons = canCorrect && (
    <span className="row">
      <button type="button" className="text-button" disabled={saving.isPending} onClick={() => saving.mutate()}>
        {texts.imports.downloadRows}
      </button>
      <button type="button" className="text-button" onClick={() => input.current?.click()}>
        {texts.imports.uploadCorrected}
      </button>
    </span>
  );
  return (
    <>
      <RowTable title={texts.catalogue.rejects} action={buttons} photos={false} columns={columns} rows={rows} total={job.progress.rejected} />
      {canCorrect && <p className="soft small">{texts.imports.correctedLead}</p>}
      <input
        ref={input}
        type="file"
        hidden
        accept=".csv,.tsv,.txt,.ndjson,.jsonl,.json"
        aria-label={texts.imports.uploadCorrected}
        data-testid="corrected-file"
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          event.target.value = "";
          if (chosen) onCorrected(chosen);
        }}
      />
    </>
  );
}
