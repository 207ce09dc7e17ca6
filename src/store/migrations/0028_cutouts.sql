-- cutout: 1 where the person wants to see a garment without the background of its photos.
ALTER TABLE garments ADD COLUMN cutout BIGINT NOT NULL DEFAULT 0;
