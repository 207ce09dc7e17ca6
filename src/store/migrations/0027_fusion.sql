-- The weights that searches learn from clicks (style/fusion/). Times are microseconds since 1970, UTC; days are days
-- since 1970. States are JSON objects.

-- What was learned from everybody, and the comparison with the fixed weights, by the type of the query.
CREATE TABLE fusion_types (
  query_type TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- How a person (feedback.person) differs from everybody.
CREATE TABLE fusion_people (
  person TEXT NOT NULL,
  query_type TEXT NOT NULL,
  state TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (person, query_type)
);

-- The interleaved searches of the last hour in which nothing was chosen yet. shown: the results and what the signals
-- said of them.
CREATE TABLE fusion_searches (
  id {identity},
  person TEXT NOT NULL,
  query_type TEXT NOT NULL,
  shown TEXT NOT NULL,
  made_at BIGINT NOT NULL
);
CREATE INDEX fusion_searches_person ON fusion_searches (person, id);
CREATE INDEX fusion_searches_made_at ON fusion_searches (made_at);

-- How many lessons a person has given on a day. person_key: a hash of the person and the day, which is of no use on the
-- next day.
CREATE TABLE fusion_quotas (
  person_key TEXT NOT NULL,
  query_type TEXT NOT NULL,
  day BIGINT NOT NULL,
  lessons BIGINT NOT NULL,
  PRIMARY KEY (person_key, query_type)
);
CREATE INDEX fusion_quotas_day ON fusion_quotas (day);
