-- The durable queue. Times are microseconds since 1970, UTC. Texts are '' and other values NULL when not given.

-- Workers claim jobs in ascending order of rank, then of id. fair_at is the rank without the priority's share.
CREATE TABLE jobs (
  id {identity},
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  payload TEXT NOT NULL,
  priority BIGINT NOT NULL,
  fair_at BIGINT NOT NULL,
  rank BIGINT NOT NULL,
  submitter TEXT NOT NULL,
  unique_key TEXT NOT NULL,
  attempt BIGINT NOT NULL,
  max_attempts BIGINT NOT NULL,
  postponed BIGINT NOT NULL,
  run_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  worker TEXT NOT NULL,
  lease BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  cancel_requested BIGINT NOT NULL,
  error_class TEXT NOT NULL,
  error_code TEXT NOT NULL,
  error_message TEXT NOT NULL,
  error_field TEXT NOT NULL,
  error_detail TEXT NOT NULL,
  retried_from BIGINT,
  retried_as BIGINT
);
CREATE INDEX jobs_waiting ON jobs (kind, rank, id) WHERE state = 'waiting';
CREATE INDEX jobs_submitter ON jobs (kind, submitter, fair_at) WHERE state = 'waiting';
CREATE INDEX jobs_delayed ON jobs (run_at) WHERE state = 'delayed';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_dead ON jobs (id) WHERE state = 'dead';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE state IN ('done', 'cancelled', 'retried', 'discarded');
CREATE UNIQUE INDEX jobs_unique ON jobs (kind, unique_key)
  WHERE unique_key <> '' AND state IN ('waiting', 'delayed', 'running');

-- The failed attempts at jobs.
CREATE TABLE job_attempts (
  job_id BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  attempt BIGINT NOT NULL,
  worker TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  error_class TEXT NOT NULL,
  error_code TEXT NOT NULL,
  error_message TEXT NOT NULL,
  error_field TEXT NOT NULL,
  error_detail TEXT NOT NULL,
  PRIMARY KEY (job_id, attempt)
);

-- Queues that are paused, by somebody (paused <> 0, until paused_until if that is not NULL) or by the failures of a
-- dependency (until retry_at). probe is the job that tries whether the dependency is back.
CREATE TABLE job_queues (
  kind TEXT NOT NULL PRIMARY KEY,
  paused BIGINT NOT NULL,
  paused_until BIGINT,
  reason TEXT NOT NULL,
  failures BIGINT NOT NULL,
  retry_at BIGINT NOT NULL,
  probe BIGINT NOT NULL,
  failure TEXT NOT NULL
);
