#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "ingest/assets/asset_frames.h"
#include "jobs/job.h"

namespace fit::http {

// An asset of a tenant as the API shows it, without its jobs and frames.
Json asset_json(const ingest::Asset& asset, std::string_view tenant);

// The addresses of an image of an asset. Positions count from 1.
struct FrameAddresses {
  std::string image;
  std::string thumbnail;
};
FrameAddresses frame_addresses(const ingest::Asset& asset, std::size_t position, std::string_view tenant);

// The images of an asset, in order.
Json frames_json(const ingest::Asset& asset, const std::vector<ingest::AssetFrame>& frames,
                 std::string_view tenant);

// A job of an asset with its failed attempts.
Json asset_job_json(const jobs::Job& job, const std::vector<jobs::Attempt>& attempts);

}  // namespace fit::http
