import "../styles/catalogue.css";
import "../styles/access.css";
import "../styles/operations.css";
import "../styles/uploads.css";
import "../styles/queues.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { jobs } from "../api/jobs";
import { ReadFailure } from "../shell/Messages";
import { whileAllowed } from "../shell/queries";
import { texts } from "../texts";
import { DeadLetters } from "./DeadLetters";
import { QueueTable } from "./QueueTable";

const t = texts.queues;
const POLL_MS = 3_000;
const queuesKey = ["queues"];

// The queues of the catalogue, and what failed in them for good.
export function QueuesPage() {
  const queries = useQueryClient();
  const query = useQuery({ queryKey: queuesKey, queryFn: ({ signal }) => jobs.queues(signal), staleTime: 0, refetchInterval: whileAllowed(POLL_MS) });
  const refresh = useCallback(() => void queries.invalidateQueries({ queryKey: queuesKey }), [queries]);
  const queues = query.data?.queues ?? [];
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.title}</h1>
        <p className="soft">{t.lead}</p>
      </header>
      <ReadFailure query={query} />
      {(query.data !== undefined || !query.isError) && (
        <>
          <section className="panel" aria-busy={query.isPending}>
            {query.isSuccess && queues.length === 0 ? <p className="soft none">{t.none}</p> : <QueueTable queues={queues} onChanged={refresh} />}
          </section>
          <DeadLetters kinds={queues.map((queue) => queue.name)} onChanged={refresh} />
        </>
      )}
    </div>
  );
}
