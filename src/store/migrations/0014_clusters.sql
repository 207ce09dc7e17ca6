-- Clusters of images that look alike. Times are microseconds since 1970, UTC.

-- A rebuild writes a generation of its own beside the one that is read, which the counter clusters_generation names.
-- A cluster keeps its id over generations. centre is an image that stands for the cluster; photos counts the different
-- photo_id of its members.
CREATE TABLE clusters (
  generation BIGINT NOT NULL,
  id BIGINT NOT NULL,
  size BIGINT NOT NULL,
  photos BIGINT NOT NULL,
  centre BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (generation, id)
);
CREATE INDEX clusters_size ON clusters (generation, size, id);

-- An image is in one cluster. Images with one photo_id show the same photo. similarity: the cosine to the image that it
-- joined. Images and items that are gone may still have a row.
CREATE TABLE cluster_members (
  generation BIGINT NOT NULL,
  image_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  cluster_id BIGINT NOT NULL,
  photo_id BIGINT NOT NULL,
  similarity DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (generation, image_id)
);
CREATE INDEX cluster_members_cluster ON cluster_members (generation, cluster_id, image_id);
CREATE INDEX cluster_members_item ON cluster_members (generation, item_id);

-- What people have said of two images, the smaller id first. relation is 0: they are not the same garment, 1: they are,
-- 2: the clusters around them are one.
CREATE TABLE cluster_rules (
  one_image BIGINT NOT NULL,
  other_image BIGINT NOT NULL,
  relation BIGINT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at BIGINT NOT NULL,
  PRIMARY KEY (one_image, other_image)
);
CREATE INDEX cluster_rules_other ON cluster_rules (other_image);

-- clusters counts the changes of these tables; clusters_position is that of the catalogue which they have reached;
-- clusters_rebuild is the time until which a rebuild has them for itself.
INSERT INTO counters (name, value) VALUES
  ('clusters', 0), ('clusters_generation', 1), ('clusters_last_id', 0), ('clusters_position', 0), ('clusters_rebuild', 0);
