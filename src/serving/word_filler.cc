#include "serving/word_filler.h"

#include <algorithm>
#include <chrono>

#include "base/stopwatch.h"

namespace fit::serving {
namespace {

constexpr std::size_t kBatch = 500;  // items in one transaction
constexpr std::chrono::seconds kAgain{5};
constexpr double kSecondsBetweenReports = 10;

}  // namespace

Result<void> backfill_words(store::Words& words, const Progress& progress, const std::stop_token& stop) {
  std::int64_t all = 0;
  while (!stop.stop_requested()) {
    FIT_TRY(const store::WordBackfill done, words.backfill(kBatch));
    if (done.is_complete) {
      if (all > 0) progress(all, all);
      return {};
    }
    if (all == 0) all = done.next + static_cast<std::int64_t>(kBatch);
    progress(all - done.next, all);
  }
  return cancelled("stopped; the words of the remaining items are indexed later");
}

void WordFiller::start() {
  task_.start([this](const std::stop_token& stop) { run(stop); });
}

void WordFiller::run(const std::stop_token& stop) {
  Stopwatch since_report;
  bool has_begun = false;
  const Progress report([&](std::int64_t done, std::int64_t all) {
    if (has_begun && done < all && since_report.seconds() < kSecondsBetweenReports) return;
    has_begun = true;
    since_report = {};
    log_.info("words of stored items are indexed", {{"done", done}, {"all", all}});
  });
  while (!stop.stop_requested()) {
    const auto filled = backfill_words(words_, report, stop);
    if (filled || filled.error().code == ErrorCode::kCancelled) return;
    log_.warning("the index of words is delayed", {{"reason", filled.error().describe()}});
    if (!wait_unless_stopped(stop, kAgain)) return;
  }
}

}  // namespace fit::serving
