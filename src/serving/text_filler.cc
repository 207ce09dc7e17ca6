#include "serving/text_filler.h"

#include <algorithm>

namespace fit::serving {
namespace {

constexpr std::chrono::milliseconds kPoll{1000};

}  // namespace

void TextFiller::start() {
  task_.start([this](const std::stop_token& stop) { run(stop); });
}

TextFiller::Outcome TextFiller::fill(const std::stop_token& stop) {
  catalog::TextVectors::Report report;
  const auto filled = parts_.vectors.follow({}, stop, report);
  if (!filled && !has_failed_ && !stop.stop_requested()) {
    parts_.log.warning("text vectors of items are delayed", {{"reason", filled.error().describe()}});
  }
  has_failed_ = !filled;
  parts_.embedder.probe();
  return {.is_filled = filled.has_value(),
          .next_after = filled ? kPoll : std::max(kPoll, parts_.embedder.retry_in())};
}

void TextFiller::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const Outcome outcome = fill(stop);
    if (outcome.is_filled) {
      task_.wait_for(outcome.next_after);
    } else {
      // A change of the catalogue must not shorten the pause before the provider is probed.
      wait_unless_stopped(stop, outcome.next_after);
    }
  }
}

}  // namespace fit::serving
