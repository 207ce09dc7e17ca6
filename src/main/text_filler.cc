#include "main/text_filler.h"

#include <algorithm>

#include "main/app.h"

namespace fit {

void TextFiller::start() {
  if (app_.text_vectors() != nullptr) task_.start([this](const std::stop_token& stop) { run(stop); });
}

void TextFiller::stop() {
  task_.request_stop();
  app_.stop_waiting();
  task_.stop();
}

void TextFiller::run(const std::stop_token& stop) {
  constexpr std::chrono::milliseconds kPoll{1000};
  bool told = false;
  std::chrono::milliseconds pause{};
  do {
    catalog::TextVectors::Report report;
    const auto followed = app_.text_vectors()->follow({}, stop, report);
    if (!followed && !told && !stop.stop_requested()) {
      app_.log().warning("items wait for their text vectors", {{"reason", followed.error().describe()}});
    }
    told = !followed;
    app_.text_embedder()->probe();
    pause = followed ? kPoll : std::max(kPoll, app_.text_embedder()->retry_in());
  } while (task_.wait_for(pause));
}

}  // namespace fit
