-- Videos, and the images of assets: a photo itself, or the frames that stand for a video. Times are in milliseconds.

-- duration_ms, codec and has_sound are of videos. poster is the SHA-256 of the frame that stands for a video, '' for
-- photos and before the video is decoded.
ALTER TABLE assets ADD COLUMN duration_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE assets ADD COLUMN codec TEXT NOT NULL DEFAULT '';
ALTER TABLE assets ADD COLUMN has_sound BIGINT NOT NULL DEFAULT 0;
ALTER TABLE assets ADD COLUMN poster TEXT NOT NULL DEFAULT '';

-- sha256 names the image's file in the store of originals: for a photo that of the asset, for a video a JPEG. at_ms is
-- the time of a frame since the beginning of its video.
CREATE TABLE asset_frames (
  id {identity},
  asset_id BIGINT NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  perceptual_hash BIGINT NOT NULL,
  UNIQUE (asset_id, position)
);

-- The vectors of frames whose asset is no item. embedding: 32-bit floats, the lowest byte first.
CREATE TABLE asset_vectors (
  frame_id BIGINT NOT NULL REFERENCES asset_frames (id) ON DELETE CASCADE,
  space_id BIGINT NOT NULL,
  embedding {blob} NOT NULL,
  PRIMARY KEY (frame_id, space_id)
);

-- The jobs that an asset had before its latest one.
CREATE TABLE asset_jobs (
  asset_id BIGINT NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
  job_id BIGINT NOT NULL,
  PRIMARY KEY (asset_id, job_id)
);
