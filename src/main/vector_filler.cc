#include "main/vector_filler.h"

namespace fit {
namespace {

constexpr std::chrono::seconds kEvery{5};
constexpr std::chrono::minutes kMoveEvery{1};

}  // namespace

VectorFiller::VectorFiller(catalog::Catalog& catalog, store::Catalogue& store, Log log)
    : catalog_(catalog),
      store_(store),
      log_(std::move(log)),
      moved_at_(std::chrono::steady_clock::now()),
      task_([this](const std::stop_token& stop) { run(stop); }) {}

void VectorFiller::run(const std::stop_token& stop) {
  bool told = false;
  do {
    const auto filled = fill(stop);
    if (!filled && !told && !stop.stop_requested()) {
      log_.error("pictures wait for their vectors", filled.error());
    }
    told = !filled;
  } while (task_.wait_for(kEvery));
}

Result<void> VectorFiller::fill(const std::stop_token& stop) {
  FIT_TRY(const std::int64_t position, store_.changes().position());
  if (position == position_) return {};
  FIT_TRY(const ImageId last, store_.items().last_image());
  catalog::Catalog::BackfillOptions options;
  options.after = filled_;
  catalog::Catalog::BackfillReport report;
  const auto done = catalog_.backfill(options, {}, stop, report);
  if (report.done + report.failed > 0) {
    log_.info("older pictures embedded", {{"done", report.done}, {"failed", report.failed}});
  }
  FIT_CHECK(done);
  // What was filled just now counts as a change itself, and costs one more look.
  position_ = position;
  const auto now = std::chrono::steady_clock::now();
  if (now - moved_at_ >= kMoveEvery) {
    filled_ = next_filled_;
    next_filled_ = last;
    moved_at_ = now;
  }
  return {};
}

}  // namespace fit
