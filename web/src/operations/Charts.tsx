import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "../access/me";
import { metricHistory, RANGES, type Range } from "../api/metricHistory";
import { locale } from "../language/language";
import { formatBytes, formatTime } from "../shell/format";
import { ReadFailure } from "../shell/Messages";
import { whileAllowed } from "../shell/queries";
import { texts } from "../texts";
import { Chart } from "./Chart";
import type { Point } from "./history";
import { eventsOf, pastPoints, type Event } from "./pastPoints";

const PAST_POLL_MS = 10_000;
const SHOWN_EVENTS = 20;

export const ms = (value: number) => (value < 10 ? `${value.toFixed(1)} ms` : value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`);
const perSecond = (value: number) => (value === 0 ? "0" : value < 10 ? value.toFixed(1) : String(Math.round(value)));

function Lines({ points, events = [] }: { points: Point[]; events?: Event[] }) {
  const o = texts.operations;
  const times = points.map((point) => point.at);
  const of = (name: Exclude<keyof Point, "at">) => points.map((point) => point[name]);
  const marks = events.map((event) => ({ at: event.at, colour: event.kind === "alarm" ? "--chart-3" : "--soft" }));
  const shared = { times, marks };
  return (
    <div className="charts">
      <Chart {...shared} title={o.throughput} format={perSecond} lines={[{ name: o.all, colour: "--chart-1", values: of("all") }, { name: o.searches, colour: "--chart-2", values: of("searches") }]} />
      <Chart {...shared} title={o.latency} format={ms} lines={[{ name: o.median, colour: "--chart-1", spans: true, values: of("median") }, { name: o.p95, colour: "--chart-2", spans: true, values: of("p95") }]} />
      <Chart {...shared} title={o.errors} format={perSecond} lines={[{ name: o.clientErrors, colour: "--chart-1", values: of("refused") }, { name: o.serverErrors, colour: "--chart-3", values: of("failed") }]} />
      <Chart {...shared} title={o.busy} format={perSecond} lines={[{ name: o.inFlight, colour: "--chart-1", values: of("inFlight") }, { name: o.queued, colour: "--chart-2", values: of("queued") }]} />
      <Chart {...shared} title={o.cores} format={perSecond} lines={[{ name: o.used, colour: "--chart-1", values: of("cores") }]} />
      <Chart {...shared} title={o.memory} format={formatBytes} lines={[{ name: o.used, colour: "--chart-1", values: of("memory") }]} />
    </div>
  );
}

const formatMoment = (at: number) => new Intl.DateTimeFormat(locale(), { dateStyle: "short", timeStyle: "medium", hourCycle: "h23" }).format(at * 1000);

function Events({ events }: { events: Event[] }) {
  const o = texts.operations;
  if (events.length === 0) return null;
  return (
    <div>
      <h3>{o.events}</h3>
      <ol className="events">
        {events.slice(-SHOWN_EVENTS).map((event) => (
          <li key={`${event.at} ${event.kind} ${event.name}`}>
            <time dateTime={new Date(event.at * 1000).toISOString()}>{formatMoment(event.at)}</time> {o.event[event.kind](event.name)}
          </li>
        ))}
      </ol>
    </div>
  );
}

function Past({ range }: { range: Range }) {
  const mayAdmin = useMay()("admin");
  const history = useQuery({
    queryKey: ["metric-history", range],
    queryFn: ({ signal }) => metricHistory.of(range, signal),
    refetchInterval: whileAllowed(PAST_POLL_MS),
    staleTime: 0,
  });
  const alarms = useQuery({
    queryKey: ["alarms"],
    queryFn: ({ signal }) => metricHistory.alarms(signal),
    refetchInterval: whileAllowed(PAST_POLL_MS),
    staleTime: 0,
    enabled: mayAdmin,
  });
  const points = history.data ? pastPoints(history.data) : [];
  const events = history.data ? eventsOf(history.data, alarms.data?.alerts ?? [], points) : [];
  return (
    <>
      <ReadFailure query={history} />
      {history.isSuccess && points.length === 0 && <p className="soft small">{texts.operations.nothingKept}</p>}
      <Lines points={points} events={events} />
      <Events events={events} />
    </>
  );
}

// What the charts of now show, and until when.
function Measured({ at, current, isEmpty }: { at: number; current: boolean; isEmpty: boolean }) {
  const o = texts.operations;
  if (!current && at > 0) {
    return (
      <p className="problem" role="status">
        {o.measuredUntil(formatTime(at))}
      </p>
    );
  }
  return isEmpty && <p className="soft small">{o.collecting}</p>;
}

interface Props {
  points: Point[]; // since the page was opened
  at: number; // ms; of the last one
  current: boolean;
}

// The charts of the time since the page was opened, or of a longer time, which the server has kept.
export function Charts({ points, at, current }: Props) {
  const o = texts.operations;
  const [range, setRange] = useState<Range | "now">("now");
  return (
    <section className="panel" aria-label={o.throughput}>
      <label className="field charts-range">
        <span>{o.range}</span>
        <select className="input" value={range} onChange={(event) => setRange(event.target.value as Range | "now")}>
          {(["now", ...RANGES] as const).map((one) => (
            <option key={one} value={one}>
              {o.ranges[one]}
            </option>
          ))}
        </select>
      </label>
      {range === "now" ? (
        <>
          <Measured at={at} current={current} isEmpty={points.length < 1} />
          <Lines points={points} />
        </>
      ) : (
        <Past range={range} />
      )}
    </section>
  );
}
