#include "serving/vector_filler.h"

#include <set>
#include <vector>

#include "catalog/item_writer.h"

namespace fit::serving {
namespace {

constexpr std::chrono::seconds kEvery{5};
constexpr std::chrono::minutes kAskEvery{1};  // for jobs
constexpr std::chrono::minutes kMoveEvery{1};
constexpr std::size_t kPage = 500;

}  // namespace

VectorFiller::VectorFiller(catalog::Catalog& catalog, store::Catalogue& store, Log log,
                           EmbedLater embed_later)
    : catalog_(catalog), store_(store), log_(std::move(log)), embed_later_(std::move(embed_later)) {}

void VectorFiller::start() {
  task_.start([this](const std::stop_token& stop) { run(stop); });
}

void VectorFiller::run(const std::stop_token& stop) {
  bool has_failed = false;
  do {
    const auto filled = fill(stop);
    if (!filled && !has_failed && !stop.stop_requested()) {
      log_.error("images without vectors cannot be embedded", filled.error());
    }
    has_failed = !filled;
  } while (task_.wait_for(embed_later_ ? std::chrono::seconds(kAskEvery) : kEvery));
}

Result<void> VectorFiller::fill(const std::stop_token& stop) {
  FIT_TRY(const std::int64_t position, store_.changes().position());
  if (position == position_) return {};
  FIT_TRY(const ImageId last, store_.items().last_image());
  FIT_CHECK(embed_later_ ? ask_for_jobs(stop) : embed(stop));
  // The vectors written by this call are a change too, and cause one more call.
  position_ = position;
  if (since_moved_.elapsed() >= kMoveEvery) {
    filled_ = next_filled_;
    next_filled_ = last;
    since_moved_ = Stopwatch();
  }
  return {};
}

Result<void> VectorFiller::embed(const std::stop_token& stop) {
  catalog::Catalog::BackfillOptions options;
  options.after = filled_;
  catalog::Catalog::BackfillReport report;
  auto filled = catalog_.backfill(options, {}, stop, report);
  if (report.done + report.failed > 0) {
    log_.info("older images embedded", {{"done", report.done}, {"failed", report.failed}});
  }
  return filled;
}

Result<void> VectorFiller::ask_for_jobs(const std::stop_token& stop) {
  for (const catalog::ActiveSpace& space : catalog_.writer().spaces()) {
    for (ImageId after = filled_;;) {
      if (stop.stop_requested()) return cancelled();
      FIT_TRY(const auto page, store_.vectors().images_without(space.space_id, after, kPage));
      if (page.empty()) break;
      after = page.back().id;
      std::set<ItemId> items;
      for (const domain::ImageRecord& image : page) items.insert(image.item);
      embed_later_(std::vector<ItemId>(items.begin(), items.end()));
    }
  }
  return {};
}

}  // namespace fit::serving
