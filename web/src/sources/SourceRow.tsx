import { History, Pencil, Play, Square, Trash2 } from "lucide-react";
import type { Source } from "../api/sources";
import { locale } from "../language/language";
import { Facts } from "../shell/Facts";
import { formatAgo, formatMoment } from "../shell/format";
import { texts } from "../texts";
import { countsOf } from "./runText";
import { scheduleText } from "./sourceForm";

const t = texts.sources;

export type SourceAct = "run" | "stop" | "confirm";

interface Props {
  source: Source;
  busy: boolean;
  onAct: (act: SourceAct) => void;
  onOpen: (dialog: "edit" | "runs" | "remove") => void;
}

// A host that refuses is not an empty shop: it says since when.
function Health({ source }: { source: Source }) {
  const { health } = source;
  const wrong = health !== "ok" && health !== "new";
  const name = t.health[health] ?? health;
  return <span className={wrong ? "status ended" : `status ${health === "ok" ? "active" : ""}`}>{wrong ? t.healthSince(name, formatMoment(source.health_since)) : name}</span>;
}

function Trouble({ source, busy, onAct }: Pick<Props, "source" | "busy" | "onAct">) {
  if (source.health === "held") {
    return (
      <div className="problem row">
        <p className="grow">{t.heldLead(source.last_run?.missing ?? 0)}</p>
        <button type="button" className="button" aria-label={t.confirmNamed(source.name)} disabled={busy} onClick={() => onAct("confirm")}>
          {t.confirm}
        </button>
      </div>
    );
  }
  const said = [source.health === "blocked" && t.blockedLead, source.health_reason].filter(Boolean);
  return (
    said.length > 0 && (
      <div className="problem">
        {said.map((text) => (
          <p key={String(text)}>{text}</p>
        ))}
      </div>
    )
  );
}

const nextRun = (source: Source) => (source.paused ? t.pausedRun : source.next_run_at ? formatMoment(source.next_run_at) : t.whenAsked);
const listingsOf = (source: Source) =>
  Object.entries(source.listings ?? {})
    .filter(([, n]) => n > 0)
    .map(([status, n]) => `${n.toLocaleString(locale())} ${(texts.status[status] ?? status).toLowerCase()}`)
    .join(" · ");

export function SourceRow({ source, busy, onAct, onOpen }: Props) {
  const run = source.last_run;
  const active = source.active_run_id !== null;
  const fetched = source.kind !== "push";
  return (
    <li className="panel source" data-id={source.id}>
      <div className="source-head">
        <h2>{source.name}</h2>
        <Health source={source} />
      </div>
      <p className="soft small">{[t.kinds[source.kind] ?? source.kind, source.address].filter(Boolean).join(" · ")}</p>
      <Trouble source={source} busy={busy} onAct={onAct} />
      <Facts
        className="facts"
        facts={[
          [t.lastSuccess, source.last_success_at ? formatAgo(source.last_success_at) : t.never],
          [t.schedule, fetched ? scheduleText(source) : null],
          [t.nextRun, fetched ? nextRun(source) : null],
          [t.listings, listingsOf(source)],
          [t.lastRun, run && (countsOf(run.counts) || t.nothingSeen)],
        ]}
      />
      {active && (
        <p className="small">
          {t.running}
          {run?.state === "running" && `: ${t.pages(run.pages_done, run.pages_total)}`}
        </p>
      )}
      <div className="row">
        {fetched && !active && (
          <button type="button" className="button" aria-label={t.runNamed(source.name)} disabled={busy} onClick={() => onAct("run")}>
            <Play size={16} aria-hidden /> {t.run}
          </button>
        )}
        {active && (
          <button type="button" className="button" aria-label={t.stopNamed(source.name)} disabled={busy} onClick={() => onAct("stop")}>
            <Square size={16} aria-hidden /> {t.stop}
          </button>
        )}
        <button type="button" className="button" aria-label={t.runsNamed(source.name)} onClick={() => onOpen("runs")}>
          <History size={16} aria-hidden /> {t.runs}
        </button>
        <button type="button" className="button" aria-label={t.editNamed(source.name)} onClick={() => onOpen("edit")}>
          <Pencil size={16} aria-hidden /> {t.edit}
        </button>
        <button type="button" className="button" aria-label={t.removeNamed(source.name)} onClick={() => onOpen("remove")}>
          <Trash2 size={16} aria-hidden /> {t.remove}
        </button>
      </div>
    </li>
  );
}
