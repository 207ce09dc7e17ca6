import { Progress as Bar } from "@base-ui/react/progress";
import { useEffect, useState } from "react";
import { Counters } from "../imports/ImportProgress";
import { texts } from "../texts";
import { useImportRun, useImportState, type ImportState } from "./importRun";
import { RowTable } from "./RowTable";
import { runImport, start, type Progress, type Reject, type Source } from "./runImport";
import { SkippedFiles } from "./SkippedFiles";

const nameOf = (source: Source) => texts.catalogue.photos(source.photos.length);

function Rejects({ rejects, total }: { rejects: Reject[]; total: number }) {
  const download = () => {
    const lines = rejects.map((one) => JSON.stringify({ photo: one.at, field: one.field, reason: one.reason }));
    const url = URL.createObjectURL(new Blob([`${lines.join("\n")}\n`], { type: "application/x-ndjson" }));
    Object.assign(document.createElement("a"), { href: url, download: "rejects.ndjson" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };
  const button = (
    <button type="button" className="text-button" onClick={download}>
      {texts.catalogue.download}
    </button>
  );
  const rows = rejects.map((one) => [one.at, one.field, one.reason]);
  return <RowTable title={texts.catalogue.rejects} action={button} photos columns={[texts.catalogue.field, texts.catalogue.reason]} rows={rows} total={total} />;
}

function Warned({ progress }: { progress: Progress }) {
  const columns = [texts.catalogue.field, texts.catalogue.value, texts.catalogue.warning];
  const rows = progress.warned.map((one) => [one.at, one.field, one.value, one.warning]);
  return <RowTable title={texts.catalogue.warned} photos columns={columns} rows={rows} total={progress.warnings} />;
}

type Begun = Extract<ImportState, { progress: Progress }>;

function Running({ state }: { state: Begun }) {
  const run = useImportRun();
  const [now, setNow] = useState(() => Date.now());
  const isRunning = state.step === "running";
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [isRunning]);
  const { progress, source } = state;
  const seconds = Math.max(0.5, (state.endedAt ?? now) / 1000 - progress.startedAt / 1000);
  const again = () => void run.start(source, start(), (signal, report) => runImport(source, source.name, signal, report));
  return (
    <div className="running">
      <div className="row">
        <div role="status">
          <h3>{isRunning ? texts.catalogue.running : state.step === "done" ? texts.catalogue.done : state.error ? texts.catalogue.failed : texts.catalogue.stopped}</h3>
        </div>
        <span className="soft">{nameOf(source)}</span>
      </div>
      <Bar.Root value={Math.round(progress.share * 100)} className="progress wide" aria-label={texts.catalogue.running}>
        <Bar.Track className="progress-track">
          <Bar.Indicator className="progress-bar" />
        </Bar.Track>
        <span>
          {texts.catalogue.progress(Math.round(progress.share * 100))} · {texts.catalogue.speed(progress.done / seconds)}
          {isRunning && progress.share > 0.02 && ` · ${texts.catalogue.left((seconds / progress.share) * (1 - progress.share))}`}
        </span>
      </Bar.Root>
      <Counters progress={progress} />
      {progress.kept > 0 && <p className="soft small">{texts.catalogue.kept(progress.kept)}</p>}
      <SkippedFiles source={source} />
      {state.error && (
        <p className="problem" role="alert">
          {state.error}
        </p>
      )}
      {state.step === "stopped" && <p className="soft">{texts.catalogue.stoppedLead}</p>}
      {progress.rejects.length > 0 && <Rejects rejects={progress.rejects} total={progress.rejected} />}
      {progress.warned.length > 0 && <Warned progress={progress} />}
      <div className="row">
        {isRunning ? (
          <button type="button" className="button" onClick={run.stop}>
            {texts.catalogue.stop}
          </button>
        ) : (
          <>
            {state.step === "stopped" && (
              <button type="button" className="button primary" onClick={again}>
                {texts.retry}
              </button>
            )}
            <button type="button" className="button" onClick={() => run.set({ step: "choose" })}>
              {texts.catalogue.again}
            </button>
          </>
        )}
      </div>
    </div>
  );
}

// The import of photos by this window, from the choice on.
export function PhotoImport() {
  const run = useImportRun();
  const state = useImportState();
  if (state.step === "choose") return null;
  if (state.step !== "ready") return <Running state={state} />;
  const go = (source: Source) => run.start(source, start(), (signal, report) => runImport(source, source.name, signal, report));
  return (
    <div className="ready">
      <div className="field">
        <label htmlFor="source">{texts.catalogue.source}</label>
        <input id="source" className="input" value={state.name} maxLength={128} onChange={(event) => run.set({ ...state, name: event.target.value })} />
        <small>{texts.catalogue.sourceHint}</small>
      </div>
      <SkippedFiles source={state.source} />
      <div className="row">
        <button type="button" className="button primary" onClick={() => void go({ ...state.source, name: state.name.trim() || state.source.name })}>
          {texts.catalogue.start(nameOf(state.source))}
        </button>
        <button type="button" className="button" onClick={() => run.set({ step: "choose" })}>
          {texts.cancel}
        </button>
      </div>
    </div>
  );
}
