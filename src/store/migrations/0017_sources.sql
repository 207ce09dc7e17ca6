-- Sources of listings, their runs, what they have listed, and what items cost over time. Times are microseconds since
-- 1970, UTC. Texts are '' and other values NULL when not given.

-- The states of listings that have changed in price or status: the first one, and each later one with its time. An item
-- without rows has had its present state since created_at.
CREATE TABLE item_history (
  item_id BIGINT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  since BIGINT NOT NULL,
  price DOUBLE PRECISION,
  currency TEXT NOT NULL,
  status TEXT NOT NULL,
  PRIMARY KEY (item_id, since)
);

-- name is the source of the items. settings (what a person has set, with secrets) and state (what the next run
-- continues from) are JSON. next_run_at is NULL without a schedule. active_run is the unfinished run, if there is one.
CREATE TABLE sources (
  id {identity},
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  address TEXT NOT NULL,
  settings TEXT NOT NULL,
  schedule TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  jitter_s BIGINT NOT NULL,
  is_paused BIGINT NOT NULL,
  next_run_at BIGINT,
  active_run BIGINT,
  state TEXT NOT NULL,
  health TEXT NOT NULL,
  health_since BIGINT NOT NULL,
  health_reason TEXT NOT NULL,
  last_success_at BIGINT,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX sources_due ON sources (next_run_at) WHERE next_run_at IS NOT NULL;

-- outcome is the state that the run gets when its listings are written. failures (by reason), samples and remarks are
-- JSON.
CREATE TABLE source_runs (
  id {identity},
  source_id BIGINT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
  state TEXT NOT NULL,
  cause TEXT NOT NULL,
  is_fetched BIGINT NOT NULL,
  is_settled BIGINT NOT NULL,
  is_complete BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  sweep_started_at BIGINT NOT NULL,
  batches BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  added BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  restocked BIGINT NOT NULL,
  sold BIGINT NOT NULL,
  removed BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  requests BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  pages_done BIGINT NOT NULL,
  pages_total BIGINT NOT NULL,
  failures TEXT NOT NULL,
  samples TEXT NOT NULL,
  remarks TEXT NOT NULL,
  missing BIGINT NOT NULL,
  error TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  finished_at BIGINT
);
CREATE INDEX source_runs_by_source ON source_runs (source_id, id);

-- What a source lists. item_key is the external_id of the item, which is another one where the listing has moved to a
-- new id. status is what the catalogue has, '' until it is written, 'deleted' when a person has removed the item.
-- batch is not 0 while the listing is to be written: as what (change) and, unless it is gone, with which content
-- (pending, the listing as JSON).
CREATE TABLE source_listings (
  source_id BIGINT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
  external_id TEXT NOT NULL,
  item_key TEXT NOT NULL,
  url TEXT NOT NULL,
  url_hash BIGINT NOT NULL,
  title_hash BIGINT NOT NULL,
  content_hash TEXT NOT NULL,
  status TEXT NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  ends_at BIGINT,
  etag TEXT NOT NULL,
  last_modified TEXT NOT NULL,
  visited_at BIGINT NOT NULL,
  visit_interval_s BIGINT NOT NULL,
  next_visit BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  batch BIGINT NOT NULL,
  change TEXT NOT NULL,
  pending TEXT NOT NULL,
  PRIMARY KEY (source_id, external_id)
);
CREATE INDEX source_listings_item ON source_listings (source_id, item_key);
CREATE INDEX source_listings_url ON source_listings (source_id, url_hash);
CREATE INDEX source_listings_title ON source_listings (source_id, title_hash);
CREATE INDEX source_listings_batch ON source_listings (source_id, batch) WHERE batch <> 0;
CREATE INDEX source_listings_status ON source_listings (source_id, status, last_seen);
