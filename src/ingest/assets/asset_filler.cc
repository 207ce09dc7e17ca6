#include "ingest/assets/asset_filler.h"

#include "catalog/item_writer.h"
#include "ingest/assets/frame_backfill.h"

namespace fit::ingest {
namespace {

constexpr std::chrono::seconds kFillEvery{5};
constexpr std::chrono::minutes kReadAllEvery{10};
constexpr std::size_t kFramesOfPage = 32;

}  // namespace

void AssetFiller::start() {
  task_.start([this](const std::stop_token& stop) { run(stop); });
}

void AssetFiller::run(const std::stop_token& stop) {
  bool has_failed = false;
  do {
    const auto filled = fill(stop);
    if (!filled && !has_failed && !stop.stop_requested()) {
      parts_.log.error("images of assets cannot be embedded", filled.error());
    }
    has_failed = !filled;
  } while (task_.wait_for(kFillEvery));
}

Result<void> AssetFiller::fill(const std::stop_token& stop) {
  if (since_all_.elapsed() >= kReadAllEvery) {
    filled_.clear();
    since_all_ = Stopwatch();
  }
  Totals totals;
  auto filled = fill_pages(stop, totals);
  if (totals.done + totals.failed > 0) {
    parts_.log.info("images of assets embedded", {{"done", totals.done}, {"failed", totals.failed}});
  }
  return filled;
}

Result<void> AssetFiller::fill_pages(const std::stop_token& stop, Totals& totals) {
  for (bool has_more = true; has_more;) {
    FIT_TRY(has_more, fill_page(stop, totals));
  }
  return {};
}

Result<bool> AssetFiller::fill_page(const std::stop_token& stop, Totals& totals) {
  // A lease for each page, so that a space which is not active any more can be released.
  const CatalogLease lease = parts_.catalog();
  catalog::ItemWriter& writer = lease.catalog.writer();
  bool has_more = false;
  for (const catalog::ActiveSpace& space : writer.spaces()) {
    if (stop.stop_requested()) return cancelled();
    std::int64_t& filled = filled_[space.space_id];
    FIT_TRY(const std::int64_t last, AssetFrames(parts_.database).last_id());
    if (last <= filled) continue;
    FIT_TRY(const FrameBackfill::Page page,
            FrameBackfill(parts_.database, writer, space).step(filled, kFramesOfPage));
    if (page.last == 0) {
      filled = last;
      continue;
    }
    filled = page.last;
    has_more = true;
    totals.done += page.done;
    totals.failed += page.failed;
  }
  return has_more;
}

}  // namespace fit::ingest
