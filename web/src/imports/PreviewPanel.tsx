import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { imports, type ImportJob, type ImportPreview, type ImportSettings } from "../api/imports";
import { ReadFailure } from "../shell/Messages";
import { texts } from "../texts";
import { fieldName, importProblem } from "./importWords";
import { MappingTable } from "./MappingTable";
import { PreviewTable } from "./PreviewTable";

interface Props {
  job: ImportJob;
  onRemoved: () => void;
}

function Reading({ preview }: { preview: ImportPreview }) {
  return (
    <div className="soft small">
      {preview.read_as && <p>{texts.catalogue.readAs(preview.read_as)}</p>}
      {preview.is_remembered && <p>{texts.imports.remembered(preview.import.source)}</p>}
      {preview.remarks.map((remark) => (
        <p key={remark}>{remark}</p>
      ))}
    </div>
  );
}

// A file that is uploaded and not imported yet: its first rows, what its columns mean, and its source.
export function PreviewPanel({ job, onRemoved }: Props) {
  const queries = useQueryClient();
  const [source, setSource] = useState(job.source);
  const key = ["import-preview", job.id];
  const query = useQuery({ queryKey: key, queryFn: () => imports.preview(job.id, {}), staleTime: Infinity });
  const change = useMutation({
    mutationFn: (settings: ImportSettings) => imports.preview(job.id, settings),
    onSuccess: (preview) => queries.setQueryData(key, preview),
  });
  const start = useMutation({
    mutationFn: () => imports.start(job.id, { source: source.trim() || job.source }),
    onSuccess: (started) => {
      queries.setQueryData(["import", job.id], started);
      void queries.invalidateQueries({ queryKey: ["imports"] });
    },
  });
  const remove = useMutation({
    mutationFn: () => imports.remove(job.id),
    onSuccess: onRemoved,
  });
  const preview = query.data;
  const error = start.error ?? change.error ?? remove.error;
  const takeSource = () => {
    if (source.trim() && source.trim() !== preview?.import.source) change.mutate({ source: source.trim() });
  };
  return (
    <div className="ready">
      <div className="field">
        <label htmlFor="source">{texts.catalogue.source}</label>
        <input id="source" className="input" value={source} maxLength={128} onChange={(event) => setSource(event.target.value)} onBlur={takeSource} />
        <small>{texts.catalogue.sourceHint}</small>
      </div>
      <ReadFailure query={query} />
      {query.isPending && <p className="soft">{texts.loading}</p>}
      {preview && (
        <>
          <Reading preview={preview} />
          {preview.problem && (
            <p className="problem" role="alert">
              {texts.imports.unreadable(fieldName(preview.problem.field))} <span className="small">{preview.problem.reason}</span>
            </p>
          )}
          {preview.rows.length > 0 && (
            <section aria-busy={change.isPending}>
              <h3>{texts.imports.preview}</h3>
              <PreviewTable rows={preview.rows} />
            </section>
          )}
          {preview.columns.length > 0 && (
            <details open={preview.problem !== null || Object.keys(preview.import.mapping).length > 0}>
              <summary>{texts.imports.columns(preview.columns.length)}</summary>
              <MappingTable preview={preview} onMap={(mapping) => change.mutate({ mapping })} />
            </details>
          )}
        </>
      )}
      {error && (
        <p className="problem" role="alert">
          {importProblem(error)}
        </p>
      )}
      <div className="row">
        <button type="button" className="button primary" disabled={!preview || preview.problem !== null || start.isPending || change.isPending} onClick={() => start.mutate()}>
          {texts.catalogue.start(job.file.name)}
        </button>
        <button type="button" className="button" disabled={remove.isPending} onClick={() => remove.mutate()}>
          {texts.cancel}
        </button>
      </div>
    </div>
  );
}
