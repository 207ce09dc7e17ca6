import "../styles/catalogue.css";
import "../styles/operations.css";
import { Meter } from "@base-ui/react/meter";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, CircleHelp } from "lucide-react";
import { createContext, useContext, useState, type ReactNode } from "react";
import { api, type Health } from "../api/client";
import { locale } from "../language/language";
import { Failure } from "../shell/Messages";
import { formatBytes, formatDuration, formatTime } from "../shell/format";
import { whileAllowed } from "../shell/queries";
import { useReachable } from "../shell/reachable";
import { texts } from "../texts";
import { Charts, ms } from "./Charts";
import { pointOf, routesOf, type Point, type Reading } from "./history";
import { parseMetrics, type Metrics } from "./prometheus";
import { Quality } from "./Quality";
import { useFresh } from "./useFresh";

const POLL_MS = 2_000;
const HEALTH_POLL_MS = 5_000;
const FRESH_MS = 15_000; // older values are no verdict on now
const MAX_POINTS = 150; // five minutes

function useHistory() {
  const query = useQuery({
    queryKey: ["metrics"],
    queryFn: async ({ signal }): Promise<Reading> => ({ at: Date.now() / 1000, metrics: parseMetrics(await api.metrics(signal)) }),
    refetchInterval: whileAllowed(POLL_MS),
    staleTime: 0,
    gcTime: 0,
    structuralSharing: false,
  });
  const [history, setHistory] = useState<{ last?: Reading; points: Point[] }>({ points: [] });
  const { data } = query;
  // Each reading contributes one point to the charts.
  if (data && data !== history.last) {
    setHistory(({ last, points }) => ({ last: data, points: last ? [...points, pointOf(last, data)].slice(-MAX_POINTS) : points }));
  }
  return { ...query, points: history.points };
}

type State = Record<string, unknown>;
const stateOf = (health: Health | undefined, name: string) => (health?.parts.find((part) => part.name === name)?.state ?? {}) as State;
const number = (state: State, name: string) => (typeof state[name] === "number" ? state[name] : undefined);
const text = (state: State, name: string) => (typeof state[name] === "string" ? state[name] : undefined);

// Whether the page's data is of now. While the server does not respond, the last values are shown without a verdict.
const CurrentContext = createContext(true);

function Part({ title, part, children, more }: { title: string; part?: Health["parts"][number]; children: ReactNode; more?: ReactNode }) {
  const ok = part?.status === "ok";
  const current = useContext(CurrentContext);
  return (
    <section className={current ? "part panel" : "part panel outdated"}>
      <h2>
        {title}
        {part && current && (
          <span className={ok ? "part-state ok" : "part-state wrong"}>
            {ok ? <CircleCheck size={16} aria-hidden /> : <CircleAlert size={16} aria-hidden />}
            {ok ? texts.operations.ok : texts.operations.wrong}
          </span>
        )}
      </h2>
      {part?.error && current && (
        <p className="problem" role="alert">
          {part.error}
        </p>
      )}
      <dl>{children}</dl>
      {more}
    </section>
  );
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  if (value === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

const count = (value: number | undefined) => value?.toLocaleString(locale());
// A part that this page does not know is shown with its values as they are.
function Other({ part }: { part: Health["parts"][number] }) {
  const plain = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
  const facts = Object.entries(part.state ?? {}).filter(([, value]) => typeof value === "string" || typeof value === "number");
  return (
    <Part title={plain(part.name)} part={part}>
      {facts.map(([name, value]) => (
        <Fact
          key={name}
          name={plain(name.replace(/_bytes$/, ""))}
          value={typeof value === "number" ? (name.endsWith("_bytes") ? formatBytes(value) : count(value)) : String(value)}
        />
      ))}
    </Part>
  );
}

const KNOWN = ["store", "index", "model", "storage"];

function Missing({ images, vectors }: { images: number | undefined; vectors: number | undefined }) {
  if (images === undefined || vectors === undefined) return null;
  const missing = Math.max(0, images - vectors);
  return (
    <div className="missing">
      <Meter.Root value={images === 0 ? 1 : vectors / images} max={1} aria-label={texts.operations.vectors} className="meter">
        <Meter.Track className="progress-track">
          <Meter.Indicator className="progress-bar" />
        </Meter.Track>
      </Meter.Root>
      <p className="soft small">{missing === 0 ? texts.operations.missingNone : texts.operations.missingSome(missing)}</p>
    </div>
  );
}

function Routes({ metrics }: { metrics: Metrics }) {
  const rows = routesOf(metrics).slice(0, 20);
  return (
    <section className="panel">
      <div className="row between">
        <h2>{texts.operations.routes}</h2>
        <a href="/metrics" className="text-button">
          {texts.operations.raw}
        </a>
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="table-scroll plain" tabIndex={0} role="region" aria-label={texts.operations.routes}>
        <table>
          <thead>
            <tr>
              <th scope="col">{texts.operations.route}</th>
              <th scope="col" className="number">
                {texts.operations.requests}
              </th>
              <th scope="col" className="number">
                {texts.operations.mean}
              </th>
              <th scope="col" className="number">
                {texts.operations.p95}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.route}>
                <th scope="row">
                  <code>{row.route}</code>
                </th>
                <td className="number">{count(row.requests)}</td>
                <td className="number">{row.mean === null ? "–" : ms(row.mean)}</td>
                <td className="number">{row.p95 === null ? "–" : ms(row.p95)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

// The verdict over all parts. There is none while the server does not respond: the last one says nothing of now.
function Overall({ data, current, readAt }: { data: Health; current: boolean; readAt: number }) {
  const o = texts.operations;
  if (!current) {
    return (
      <p className="overall wrong" role="status">
        <CircleHelp size={22} aria-hidden />
        <strong>{o.noAnswer}</strong>
        <span>{o.lastRead(formatTime(readAt))}</span>
      </p>
    );
  }
  const ok = data.status === "ok";
  return (
    <p className={ok ? "overall ok" : "overall wrong"} role="status">
      {ok ? <CircleCheck size={22} aria-hidden /> : <CircleAlert size={22} aria-hidden />}
      <strong>{ok ? o.healthy : o.unhealthy}</strong>
      <span>
        {o.version} {data.version} · {o.uptime} {formatDuration(data.uptime_s)} · {o.asOf(formatTime(readAt))}
      </span>
    </p>
  );
}

export function OperationsPage() {
  const health = useQuery({ queryKey: ["health"], queryFn: ({ signal }) => api.health(signal), refetchInterval: whileAllowed(HEALTH_POLL_MS), staleTime: 0 });
  const history = useHistory();
  const reachable = useReachable();
  const healthIsFresh = useFresh(health.dataUpdatedAt, FRESH_MS);
  const metricsAreFresh = useFresh(history.dataUpdatedAt, FRESH_MS);

  if (health.isError && !health.data) return <Failure error={health.error} retry={() => void health.refetch()} />;
  const data = health.data;
  const current = reachable && !health.isError && healthIsFresh;
  const part = (name: string) => data?.parts.find((one) => one.name === name);
  const [store, index, model, storage] = ["store", "index", "model", "storage"].map((name) => stateOf(data, name)) as [State, State, State, State];
  const memory = number(index, "bytes");
  const free = number(storage, "free_bytes");
  const o = texts.operations;
  return (
    <CurrentContext value={current}>
      <div className="page operations">
        <header className="page-head">
          <h1>{o.title}</h1>
          <p className="soft">{o.lead}</p>
        </header>
        {data && <Overall data={data} current={current} readAt={health.dataUpdatedAt} />}
        {/* Empty parts would grow, and move the charts, when the data comes. */}
        {data && (
          <div className="parts">
            <Part title={o.store} part={part("store")}>
              <Fact name={o.items} value={count(number(store, "items"))} />
              <Fact name={o.images} value={count(number(store, "images"))} />
            </Part>
            <Part
              title={o.index}
              part={part("index")}
              more={<Missing images={number(store, "images")} vectors={number(index, "images")} />}
            >
              <Fact name={o.vectors} value={count(number(index, "images"))} />
              <Fact name={o.kind} value={text(index, "kind")} />
              <Fact name={o.memory} value={memory === undefined ? undefined : formatBytes(memory)} />
            </Part>
            <Part title={o.model} part={part("model")}>
              <Fact name={o.modelName} value={text(model, "model")} />
              <Fact name={o.version} value={text(model, "version")} />
              <Fact name={o.dimensions} value={count(number(model, "dimensions"))} />
            </Part>
            <Part title={o.storage} part={part("storage")}>
              <Fact name={o.free} value={free === undefined ? undefined : formatBytes(free)} />
            </Part>
            {data.parts.filter((one) => !KNOWN.includes(one.name)).map((one) => <Other key={one.name} part={one} />)}
          </div>
        )}
        {data && <Charts points={history.points} at={history.dataUpdatedAt} current={reachable && !history.isError && metricsAreFresh} />}
        {data && history.data && <Quality metrics={history.data.metrics} />}
        {data && history.data && <Routes metrics={history.data.metrics} />}
      </div>
    </CurrentContext>
  );
}
