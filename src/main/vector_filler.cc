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
      thread_([this] { run(); }) {}

VectorFiller::~VectorFiller() {
  signal_.stop();
  thread_.join();
}

void VectorFiller::run() {
  bool told = false;
  do {
    const auto looked = look();
    if (!looked && !told && !signal_.is_stopped()) {
      log_.error("pictures wait for their vectors", looked.error());
    }
    told = !looked;
  } while (signal_.wait_for(kEvery));
}

Result<void> VectorFiller::look() {
  FIT_TRY(const std::int64_t position, store_.changes().position());
  if (position == position_) return {};
  FIT_TRY(const ImageId last, store_.items().last_image());
  catalog::Catalog::BackfillOptions options;
  options.after = filled_;
  FIT_TRY(const auto report,
          catalog_.backfill(options, [this](std::int64_t, std::int64_t) { return !signal_.is_stopped(); }));
  if (report.done + report.failed > 0) {
    log_.info("older pictures embedded", {{"done", report.done}, {"failed", report.failed}});
  }
  if (signal_.is_stopped()) return {};
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
