-- Imports of files that the server does as jobs. Times are microseconds since 1970, UTC. Texts are '' when not given.

-- state: "ready" (uploaded, not started), "waiting" (for a worker), "running", "done", "stopped", "failed", "undoing" or
-- "undone". blob names the file in the storage of imports; '' once it is removed. settings, progress and report are JSON
-- objects. job_id is the latest job. wants_stop: 1 once somebody has asked the import to stop.
CREATE TABLE imports (
  id {identity},
  state TEXT NOT NULL,
  file_name TEXT NOT NULL,
  blob TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  format TEXT NOT NULL,
  settings TEXT NOT NULL,
  progress TEXT NOT NULL,
  report TEXT NOT NULL,
  error TEXT NOT NULL,
  job_id BIGINT,
  wants_stop BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  ended_at BIGINT
);

-- The rejected rows of an import's latest run, in their order. line is that of the file; row_text the row as it is there.
CREATE TABLE import_rejects (
  import_id BIGINT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  line BIGINT NOT NULL,
  external_id TEXT NOT NULL,
  title TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  reason TEXT NOT NULL,
  row_text TEXT NOT NULL,
  PRIMARY KEY (import_id, number)
);

-- What an import has written, one row for each item. Added before the item is written, in a transaction of its own.
-- content_hash is that of the written item. former is the item before, a JSON object; '': the import created the item.
-- outcome of an undo: '' (none yet), "deleted", "restored", or why the item was left: "changed" or "removed" since.
CREATE TABLE import_changes (
  import_id BIGINT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  title TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  former TEXT NOT NULL,
  outcome TEXT NOT NULL,
  PRIMARY KEY (import_id, source, external_id)
);
