#include "ingest/assets/frame_backfill.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/parallel.h"
#include "catalog/item_writer.h"

namespace fit::ingest {
namespace {

constexpr std::string_view kBareFrame = "frame";
constexpr std::size_t kFramesOfBatch = 16;
constexpr std::uint64_t kMaxBareFrameBytes = 64u << 20;

// Whether the same frame can be embedded later: what it needs is down.
bool is_of_dependency(const Error& error) {
  if (error.field == kBareFrame) return false;
  switch (error.code) {
    case ErrorCode::kUnavailable:
    case ErrorCode::kUnauthorized:
    case ErrorCode::kTooManyRequests:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kBadGateway:
    case ErrorCode::kCancelled:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<FrameBackfill::Page> FrameBackfill::step(std::int64_t after, std::size_t limit) const {
  AssetFrames frames(database_);
  FIT_TRY(const std::vector<BareFrame> bare, frames.without_vector(space_.space_id, after, limit));
  Page page;
  if (bare.empty()) return page;
  page.last = bare.back().id;
  std::vector<Result<media::Image>> images(bare.size());
  parallel_for(bare.size(), {}, [&](std::size_t i) { images[i] = load(bare[i]); });

  std::vector<media::Image> usable;
  std::vector<const BareFrame*> owners;
  for (std::size_t i = 0; i < bare.size(); ++i) {
    if (images[i]) {
      usable.push_back(*std::move(images[i]));
      owners.push_back(&bare[i]);
      continue;
    }
    if (is_of_dependency(images[i].error())) return images[i].error();
    log(bare[i], images[i].error());
    ++page.failed;
  }
  std::vector<Result<embed::Vector>> vectors(usable.size());
  const auto embed = [&](std::size_t begin, std::size_t end) -> Result<void> {
    std::ranges::move(
        writer_.processor().embed(*space_.embedder, std::span(usable).subspan(begin, end - begin)),
        vectors.begin() + static_cast<std::ptrdiff_t>(begin));
    return {};
  };
  FIT_CHECK(parallel_ranges(usable.size(), {.grain = kFramesOfBatch}, embed));

  std::vector<FrameVectorWrite> writes;
  std::optional<Error> outage;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    if (vectors[i]) {
      writes.push_back(
          {.frame = owners[i]->id, .sha256 = owners[i]->sha256, .values = *std::move(vectors[i])});
      continue;
    }
    if (is_of_dependency(vectors[i].error())) {
      outage = std::move(vectors[i]).error();
      continue;
    }
    log(*owners[i], vectors[i].error());
    ++page.failed;
  }
  FIT_TRY(page.done, frames.put_vectors(space_.space_id, writes));
  if (outage) return *std::move(outage);
  return page;
}

Result<media::Image> FrameBackfill::load(const BareFrame& frame) const {
  const std::uint64_t most = std::max(kMaxBareFrameBytes, writer_.image_limits().max_bytes);
  FIT_TRY(const Bytes file, writer_.files().original("stored:" + frame.blob, most));
  return writer_.processor().input(kBareFrame, file, *space_.embedder);
}

void FrameBackfill::log(const BareFrame& frame, const Error& error) const {
  writer_.log().warning("an image of an asset has no vector", {{"space", space_.embedder->space().name},
                                                               {"asset", frame.asset.str()},
                                                               {"file", frame.blob},
                                                               {"reason", error.describe()}});
}

}  // namespace fit::ingest
