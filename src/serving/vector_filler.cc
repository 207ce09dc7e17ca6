#include "serving/vector_filler.h"

namespace fit::serving {
namespace {

constexpr std::chrono::seconds kEvery{5};
constexpr std::chrono::minutes kMoveEvery{1};

}  // namespace

VectorFiller::VectorFiller(catalog::Catalog& catalog, store::Catalogue& store, Log log)
    : catalog_(catalog), store_(store), log_(std::move(log)) {}

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
  } while (task_.wait_for(kEvery));
}

Result<void> VectorFiller::fill(const std::stop_token& stop) {
  FIT_TRY(const std::int64_t position, store_.changes().position());
  if (position == position_) return {};
  FIT_TRY(const ImageId last, store_.items().last_image());
  catalog::Catalog::BackfillOptions options;
  options.after = filled_;
  catalog::Catalog::BackfillReport report;
  auto filled = catalog_.backfill(options, {}, stop, report);
  if (report.done + report.failed > 0) {
    log_.info("older images embedded", {{"done", report.done}, {"failed", report.failed}});
  }
  if (!filled) return filled;
  // The vectors written by this call are a change too, and cause one more call.
  position_ = position;
  if (since_moved_.elapsed() >= kMoveEvery) {
    filled_ = next_filled_;
    next_filled_ = last;
    since_moved_ = Stopwatch();
  }
  return {};
}

}  // namespace fit::serving
