import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "../api/client";
import { imports, isAtWork, type ImportJob } from "../api/imports";
import { RowTable } from "../catalogue/RowTable";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { ReadFailure } from "../shell/Messages";
import { texts } from "../texts";
import { Counters, ImportBar } from "./ImportProgress";
import { ImportRejects } from "./ImportRejects";
import { importProblem, problemField } from "./importWords";
import { PreviewPanel } from "./PreviewPanel";
import { UndoReport } from "./UndoReport";

const POLL_MS = 700;

interface Props {
  id: string;
  onLeave: () => void; // another file is to be chosen
  onCorrected: (file: File, source: string) => void;
}

function UndoDialog({ job, onUndone, onClose }: { job: ImportJob; onUndone: (job: ImportJob) => void; onClose: () => void }) {
  return (
    <ConfirmDialog
      title={texts.imports.undoTitle}
      lead={texts.imports.undoLead(job.progress.created, job.progress.updated)}
      go={texts.imports.undo}
      act={async () => onUndone(await imports.undo(job.id))}
      onDone={onClose}
      onClose={onClose}
    />
  );
}

function Findings({ job }: { job: ImportJob }) {
  const remarks = job.progress.kept > 0 ? [...job.remarks, texts.catalogue.kept(job.progress.kept)] : job.remarks;
  const warned = job.warned.map((one) => [String(one.line), problemField(one.field), one.value, one.warning]);
  return (
    <>
      <div className="soft small">
        {job.read_as && <p>{texts.catalogue.readAs(job.read_as)}</p>}
        {remarks.map((remark) => (
          <p key={remark}>{remark}</p>
        ))}
      </div>
      {warned.length > 0 && (
        <RowTable title={texts.catalogue.warned} photos={false} columns={[texts.catalogue.field, texts.catalogue.value, texts.catalogue.warning]} rows={warned} total={job.progress.warnings} />
      )}
    </>
  );
}

function Started({ job, onLeave, onCorrected }: Props & { job: ImportJob }) {
  const queries = useQueryClient();
  const [undoing, setUndoing] = useState(false);
  const take = (changed: ImportJob) => {
    queries.setQueryData(["import", job.id], changed);
    void queries.invalidateQueries({ queryKey: ["imports"] });
  };
  const stop = useMutation({ mutationFn: () => imports.stop(job.id), onSuccess: take });
  const goOn = useMutation({ mutationFn: () => imports.start(job.id), onSuccess: take });
  const isRunning = isAtWork(job.state);
  const error = stop.error ?? goOn.error;
  return (
    <div className="running">
      <div className="row">
        <div role="status">
          <h3>{texts.imports.states[job.state]}</h3>
        </div>
        <span className="soft" dir="auto">{job.file.name}</span>
      </div>
      <ImportBar job={job} />
      {job.undo ? <UndoReport undo={job.undo} /> : <Counters progress={job.progress} />}
      {isRunning && <p className="soft small">{texts.imports.leaveLead}</p>}
      {job.error && (
        <p className="problem" role="alert" dir="auto">
          {job.error}
        </p>
      )}
      {job.state === "stopped" && <p className="soft">{texts.imports.stoppedLead}</p>}
      {!isRunning && !job.undo && <Findings job={job} />}
      {!job.undo && job.progress.rejected > 0 && !isRunning && <ImportRejects job={job} onCorrected={(file) => onCorrected(file, job.source)} />}
      {error && (
        <p className="problem" role="alert">
          {importProblem(error)}
        </p>
      )}
      <div className="row">
        {isRunning && job.state !== "undoing" && (
          <button type="button" className="button" disabled={stop.isPending} onClick={() => stop.mutate()}>
            {texts.catalogue.stop}
          </button>
        )}
        {(job.state === "stopped" || job.state === "failed") && job.can_undo && (
          <button type="button" className="button primary" disabled={goOn.isPending} onClick={() => goOn.mutate()}>
            {texts.imports.goOn}
          </button>
        )}
        {!isRunning && job.can_undo && job.progress.created + job.progress.updated > 0 && (
          <button type="button" className="button" onClick={() => setUndoing(true)}>
            {texts.imports.undo}
          </button>
        )}
        <button type="button" className="button" onClick={onLeave}>
          {texts.catalogue.again}
        </button>
      </div>
      {undoing && <UndoDialog job={job} onUndone={take} onClose={() => setUndoing(false)} />}
    </div>
  );
}

// One import of the server, followed until it is over, from whatever window.
export function ImportJobView({ id, onLeave, onCorrected }: Props) {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ["import", id],
    queryFn: ({ signal }) => imports.read(id, signal),
    refetchInterval: ({ state }) => (state.data && isAtWork(state.data.state) ? POLL_MS : false),
    staleTime: 0,
  });
  const job = query.data;
  const isRunning = job !== undefined && isAtWork(job.state);
  const wasRunning = useRef(false);
  useEffect(() => {
    if (wasRunning.current && !isRunning) void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "import" });
    wasRunning.current = isRunning;
  }, [isRunning, queries]);
  const isGone = query.error instanceof ApiError && query.error.status === 404;
  useEffect(() => {
    if (isGone) onLeave();
  }, [isGone, onLeave]);
  if (!job) return isGone ? null : <ReadFailure query={query} />;
  return job.state === "ready" ? <PreviewPanel key={id} job={job} onRemoved={onLeave} /> : <Started id={id} job={job} onLeave={onLeave} onCorrected={onCorrected} />;
}
