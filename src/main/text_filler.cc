#include "main/text_filler.h"

#include <algorithm>

#include "main/app.h"

namespace fit {

void TextFiller::start() {
  if (app_.text_vectors() != nullptr) thread_ = std::thread([this] { run(); });
}

void TextFiller::stop() {
  signal_.stop();
  app_.stop_waiting();
  if (thread_.joinable()) thread_.join();
}

void TextFiller::run() {
  constexpr std::chrono::milliseconds kPoll{1000};
  bool told = false;
  while (!signal_.is_stopped()) {
    const auto report = app_.text_vectors()->follow([this](std::int64_t) { return !signal_.is_stopped(); });
    if (!report && !told && !signal_.is_stopped()) {
      app_.log().warning("items wait for their text vectors", {{"reason", report.error().describe()}});
    }
    told = !report;
    app_.text_embedder()->probe();
    if (report) {
      signal_.wait_for(kPoll);
    } else {
      app_.wait_for(std::max(kPoll, app_.text_embedder()->retry_in()));
    }
  }
}

}  // namespace fit
