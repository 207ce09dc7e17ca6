// The calls of the API about queues, jobs and dead letters.
import { ApiError, call, json } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Queue = Schemas["Queue"];
export type Job = Schemas["Job"];
export type JobDetail = Schemas["JobDetail"];
export type JobList = Schemas["JobList"];
export type BulkRetry = Schemas["BulkRetry"];
export type ErrorClass = Schemas["JobError"]["class"];

// Which dead letters: those of a kind, of a class of errors, and that failed at a time or later.
export interface DeadLetterFilter {
  kind?: string;
  error_class?: ErrorClass;
  from?: string;
}

const PAGE = "20";
const DEAD = "/api/v1/admin/dlq";
const queueAt = (name: string) => `/api/v1/queues/${encodeURIComponent(name)}`;
const deadAt = (id: string) => `${DEAD}/${encodeURIComponent(id)}`;

export const jobs = {
  queues: (signal?: AbortSignal) => call<Schemas["QueueList"]>("/api/v1/queues", { signal }),
  pause: (name: string, order: Schemas["QueuePause"]) => call<Queue>(`${queueAt(name)}/pause`, { method: "POST", ...json(order) }),
  resume: (name: string) => call<Queue>(`${queueAt(name)}/resume`, { method: "POST" }),
  deadLetters(filter: DeadLetterFilter, before: string | undefined, signal?: AbortSignal) {
    const query = new URLSearchParams({ limit: PAGE, ...filter, ...(before && { before }) });
    return call<JobList>(`${DEAD}?${query}`, { signal });
  },
  deadLetter: (id: string, signal?: AbortSignal) => call<JobDetail>(deadAt(id), { signal }),
  retry: (id: string) => call<Job>(`${deadAt(id)}/retry`, { method: "POST" }),
  discard: (id: string) => call<undefined>(deadAt(id), { method: "DELETE" }),
  retryAll: (filter: DeadLetterFilter, per_second: number) => call<BulkRetry>(`${DEAD}/retry`, { method: "POST", ...json({ ...filter, per_second }) }),
  // The run in progress, or the latest one of this server; null if there was none.
  async retryRun(signal?: AbortSignal): Promise<BulkRetry | null> {
    try {
      return await call<BulkRetry>(`${DEAD}/retry`, { signal });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  },
  stopRetryRun: () => call<BulkRetry>(`${DEAD}/retry`, { method: "DELETE" }),
};
