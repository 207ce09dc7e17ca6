-- What has changed of the images of assets and their vectors, for the clusters.

-- The latest change of each asset; a removed asset has its removal. position grows in the order of the commits.
CREATE TABLE asset_changes (
  asset_id BIGINT NOT NULL PRIMARY KEY,
  position BIGINT NOT NULL UNIQUE
);
INSERT INTO asset_changes (asset_id, position) SELECT id, id FROM assets;

-- assets is the position of the latest change; clusters_assets is that which the clusters have reached.
INSERT INTO counters (name, value) SELECT 'assets', COALESCE(MAX(id), 0) FROM assets;
INSERT INTO counters (name, value) VALUES ('clusters_assets', 0);
