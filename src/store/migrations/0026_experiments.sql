-- Experiments: two variants of the search, compared on live traffic. Times are microseconds since 1970, UTC.

-- state: "draft", "running" or "stopped"; mode: "split", "interleaving" or "shadow"; variant_a and variant_b are what
-- they override, JSON objects.
CREATE TABLE experiments (
  id {identity},
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  mode TEXT NOT NULL,
  metric TEXT NOT NULL,
  share DOUBLE PRECISION NOT NULL,
  variant_a TEXT NOT NULL,
  variant_b TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  stopped_at BIGINT
);
-- One runs at a time.
CREATE UNIQUE INDEX experiments_running ON experiments (state) WHERE state = 'running';

-- What each person has done. variant: "a", "b", or "ab" where each search has results of both. clicked counts searches
-- with a click, and waited_ms adds up the times until the first one. The other counts are by the variant of the item.
CREATE TABLE experiment_people (
  experiment_id BIGINT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  person TEXT NOT NULL,
  variant TEXT NOT NULL,
  searches BIGINT NOT NULL,
  clicked BIGINT NOT NULL,
  waited_ms BIGINT NOT NULL,
  clicks_a BIGINT NOT NULL,
  clicks_b BIGINT NOT NULL,
  saves_a BIGINT NOT NULL,
  saves_b BIGINT NOT NULL,
  buys_a BIGINT NOT NULL,
  buys_b BIGINT NOT NULL,
  PRIMARY KEY (experiment_id, person)
);
CREATE INDEX experiment_people_person ON experiment_people (person);

-- The searches of the last hour, to which clicks are attributed. shown: the items, each with its variant, "-" for none:
-- " 12a 7b 9-". events: the items that were clicked, saved and bought: " c12 s12 b7".
CREATE TABLE experiment_searches (
  experiment_id BIGINT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  search_key BIGINT NOT NULL,
  person TEXT NOT NULL,
  searched_at BIGINT NOT NULL,
  shown TEXT NOT NULL,
  events TEXT NOT NULL,
  PRIMARY KEY (experiment_id, search_key)
);
CREATE INDEX experiment_searches_person ON experiment_searches (person, searched_at);
CREATE INDEX experiment_searches_time ON experiment_searches (searched_at);

-- Sums over the searches of an experiment in shadow mode. dropped: not asked, because too many waited. The times are of
-- the timed searches, which no cache answered.
CREATE TABLE experiment_shadows (
  experiment_id BIGINT NOT NULL PRIMARY KEY REFERENCES experiments (id) ON DELETE CASCADE,
  compared BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  dropped BIGINT NOT NULL,
  overlap DOUBLE PRECISION NOT NULL,
  rank_biased DOUBLE PRECISION NOT NULL,
  timed BIGINT NOT NULL,
  a_ms DOUBLE PRECISION NOT NULL,
  b_ms DOUBLE PRECISION NOT NULL,
  a_slowest_ms DOUBLE PRECISION NOT NULL,
  b_slowest_ms DOUBLE PRECISION NOT NULL
);
