-- What belongs to one user: who they are at a sign-in provider, what they have searched for, and their favourites.

CREATE TABLE identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
);
CREATE UNIQUE INDEX identities_user ON identities (user_id, issuer);

-- The query is a JSON object without photos.
CREATE TABLE search_history (
  id {identity},
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  tenant TEXT NOT NULL,
  at BIGINT NOT NULL,
  query TEXT NOT NULL
);
CREATE INDEX search_history_user ON search_history (user_id, id);
CREATE INDEX search_history_at ON search_history (at);

CREATE TABLE favourite_lists (
  id {identity},
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (user_id, tenant, name)
);

-- Items of a list. A removed item stays in the list, as gone: item_id refers to no row then.
CREATE TABLE favourites (
  list_id BIGINT NOT NULL REFERENCES favourite_lists (id) ON DELETE CASCADE,
  item_id BIGINT NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (list_id, item_id)
);
