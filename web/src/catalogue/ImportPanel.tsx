import { Progress as Bar } from "@base-ui/react/progress";
import { FileUp, FolderUp } from "lucide-react";
import { useEffect, useRef, useState, type DragEvent } from "react";
import { locale } from "../language/language";
import { useNotice } from "../shell/Notices";
import { texts } from "../texts";
import { fromDrop, fromInput } from "./folder";
import { useImportRun, useImportState } from "./importRun";
import { RowTable } from "./RowTable";
import { rowsType, runImport, start, type Progress, type Reject, type Source, type Warned } from "./runImport";
import { SkippedFiles } from "./SkippedFiles";

const baseName = (name: string) => name.replace(/\.[^.]+$/, "").slice(0, 100);
const rowsOf = (file: File): Source | undefined => {
  const type = rowsType(file.name);
  return type && { kind: "rows", file, type, name: baseName(file.name) };
};
const nameOf = (source: Source) => (source.kind === "rows" ? source.file.name : texts.catalogue.photos(source.photos.length));

function Counters({ progress }: { progress: Progress }) {
  const counts = [
    [texts.catalogue.created, progress.created],
    [texts.catalogue.updated, progress.updated],
    [texts.catalogue.unchanged, progress.unchanged],
    [texts.catalogue.rejected, progress.rejected],
    [texts.catalogue.warnings, progress.warnings],
  ] as const;
  return (
    <dl className="counters">
      {counts.map(([name, count]) => (
        <div key={name} className={name === texts.catalogue.rejected && count > 0 ? "bad" : ""}>
          <dt>{name}</dt>
          <dd>{count.toLocaleString(locale())}</dd>
        </div>
      ))}
    </dl>
  );
}

function Rejects({ rejects, total, photos }: { rejects: Reject[]; total: number; photos: boolean }) {
  const download = () => {
    const lines = rejects.map((one) => JSON.stringify(photos ? { photo: one.at, field: one.field, reason: one.reason } : { line: Number(one.at), field: one.field, reason: one.reason }));
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
  return <RowTable title={texts.catalogue.rejects} action={button} photos={photos} columns={[texts.catalogue.field, texts.catalogue.reason]} rows={rows} total={total} />;
}

function WarnedValues({ warned, total, photos }: { warned: Warned[]; total: number; photos: boolean }) {
  const columns = [texts.catalogue.field, texts.catalogue.value, texts.catalogue.warning];
  const rows = warned.map((one) => [one.at, one.field, one.value, one.warning]);
  return <RowTable title={texts.catalogue.warned} photos={photos} columns={columns} rows={rows} total={total} />;
}

function Reading({ progress }: { progress: Progress }) {
  const remarks = progress.kept > 0 ? [...progress.remarks, texts.catalogue.kept(progress.kept)] : progress.remarks;
  if (!progress.readAs && remarks.length === 0) return null;
  return (
    <div className="soft small">
      {progress.readAs && <p>{texts.catalogue.readAs(progress.readAs)}</p>}
      {remarks.length > 0 && (
        <ul>
          {remarks.map((remark) => (
            <li key={remark}>{remark}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

export function ImportPanel() {
  const run = useImportRun();
  const state = useImportState();
  const setState = run.set;
  const [over, setOver] = useState(false);
  const [now, setNow] = useState(() => Date.now());
  const file = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const notice = useNotice();

  useEffect(() => {
    // React does not support this attribute.
    folder.current?.setAttribute("webkitdirectory", "");
  }, []);
  useEffect(() => {
    if (state.step !== "running") return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [state.step]);

  const choose = (source: Source | undefined) => {
    if (!source || (source.kind === "photos" && source.photos.length === 0)) {
      notice(texts.catalogue.wrongType);
      return;
    }
    setState({ step: "ready", source, name: source.name });
  };
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = await fromDrop(event.dataTransfer).catch(() => undefined);
    if (!dropped) {
      notice(texts.catalogue.unreadable);
      return;
    }
    if (dropped.files.length > 0 && dropped.photos.length > 0) notice(texts.catalogue.mixed);
    else if (dropped.files[0]) choose(rowsOf(dropped.files[0]));
    else choose({ kind: "photos", photos: dropped.photos, skipped: dropped.skipped, name: dropped.name ?? "photos" });
  };
  const go = (source: Source) => run.start(source, start(), (signal, report) => runImport(source, source.name, signal, report));

  const onFile = (input: HTMLInputElement) => {
    const files = [...(input.files ?? [])];
    input.value = ""; // the same file can be chosen again
    const first = files[0];
    if (!first) return;
    const found = fromInput(files);
    choose(found.photos.length > 0 ? { kind: "photos", ...found, name: "photos" } : rowsOf(first));
  };

  const running = state.step === "running" || state.step === "done" || state.step === "stopped";
  const progress = running ? state.progress : undefined;
  const seconds = progress ? Math.max(0.5, ((running && state.endedAt) || now) / 1000 - progress.startedAt / 1000) : 0;
  return (
    <section className="panel" aria-labelledby="import-title">
      <h2 id="import-title">{texts.catalogue.importTitle}</h2>
      <p className="soft">{texts.catalogue.importLead}</p>
      {state.step === "choose" && (
        <div
          role="group"
          aria-label={texts.catalogue.importTitle}
          className={over ? "drop over" : "drop"}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => void drop(event)}
        >
          <div className="row center">
            <button type="button" className="button primary" onClick={() => file.current?.click()}>
              <FileUp size={18} aria-hidden /> {texts.catalogue.file}
            </button>
            <button type="button" className="button" onClick={() => folder.current?.click()}>
              <FolderUp size={18} aria-hidden /> {texts.catalogue.folder}
            </button>
          </div>
          <p className="soft small">{texts.catalogue.drop}</p>
        </div>
      )}
      <input ref={file} type="file" hidden multiple accept=".csv,.tsv,.txt,.ndjson,.jsonl,.json,.xml,image/*" aria-label={texts.catalogue.file} data-testid="import-file" onChange={(event) => onFile(event.target)} />
      <input
        ref={folder}
        type="file"
        hidden
        multiple
        aria-label={texts.catalogue.folder}
        data-testid="import-folder"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = "";
          const path = files[0]?.webkitRelativePath ?? "";
          choose({ kind: "photos", ...fromInput(files), name: path.split("/")[0] || "photos" });
        }}
      />
      {state.step === "ready" && (
        <div className="ready">
          <div className="field">
            <label htmlFor="source">{texts.catalogue.source}</label>
            <input id="source" className="input" value={state.name} maxLength={128} onChange={(event) => setState({ ...state, name: event.target.value })} />
            <small>{texts.catalogue.sourceHint}</small>
          </div>
          <SkippedFiles source={state.source} />
          <div className="row">
            <button type="button" className="button primary" onClick={() => void go({ ...state.source, name: state.name.trim() || state.source.name })}>
              {texts.catalogue.start(nameOf(state.source))}
            </button>
            <button type="button" className="button" onClick={() => setState({ step: "choose" })}>
              {texts.cancel}
            </button>
          </div>
        </div>
      )}
      {running && progress && (
        <div className="running">
          <div className="row">
            <div role="status">
              <h3>
                {state.step === "running" ? texts.catalogue.running : state.step === "done" ? texts.catalogue.done : state.error ? texts.catalogue.failed : texts.catalogue.stopped}
              </h3>
            </div>
            <span className="soft">{nameOf(state.source)}</span>
          </div>
          <Bar.Root value={Math.round(progress.share * 100)} className="progress wide" aria-label={texts.catalogue.running}>
            <Bar.Track className="progress-track">
              <Bar.Indicator className="progress-bar" />
            </Bar.Track>
            <span>
              {texts.catalogue.progress(Math.round(progress.share * 100))} · {texts.catalogue.speed(progress.done / seconds)}
              {state.step === "running" && progress.share > 0.02 && ` · ${texts.catalogue.left((seconds / progress.share) * (1 - progress.share))}`}
            </span>
          </Bar.Root>
          <Counters progress={progress} />
          <Reading progress={progress} />
          <SkippedFiles source={state.source} />
          {state.error && (
            <p className="problem" role="alert">
              {state.error}
            </p>
          )}
          {state.step === "stopped" && <p className="soft">{texts.catalogue.stoppedLead}</p>}
          {progress.rejects.length > 0 && <Rejects rejects={progress.rejects} total={progress.rejected} photos={state.source.kind === "photos"} />}
          {progress.warned.length > 0 && <WarnedValues warned={progress.warned} total={progress.warnings} photos={state.source.kind === "photos"} />}
          <div className="row">
            {state.step === "running" ? (
              <button type="button" className="button" onClick={run.stop}>
                {texts.catalogue.stop}
              </button>
            ) : (
              <>
                {state.step === "stopped" && (
                  <button type="button" className="button primary" onClick={() => void go(state.source)}>
                    {texts.retry}
                  </button>
                )}
                <button type="button" className="button" onClick={() => setState({ step: "choose" })}>
                  {texts.catalogue.again}
                </button>
              </>
            )}
          </div>
        </div>
      )}
    </section>
  );
}
