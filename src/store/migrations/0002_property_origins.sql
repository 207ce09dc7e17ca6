-- Where an item's properties come from. property_origins lists those that were not given by the seller, as
-- "material=text:0.81 pattern=photo:0.64"; '' means that all are the seller's. It holds for the write of that
-- updated_at alone: a program of the version before writes only the seller's values and leaves both columns as they
-- are.

ALTER TABLE items ADD COLUMN property_origins TEXT NOT NULL DEFAULT '';

ALTER TABLE items ADD COLUMN origins_at BIGINT NOT NULL DEFAULT 0;
