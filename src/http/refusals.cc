#include "http/refusals.h"

namespace fit::http {
namespace {

constexpr std::chrono::seconds kBetweenLines{10};

}  // namespace

void Refusals::report(const std::string& reason, const std::string& peer, std::string_view detail) {
  metrics_
      .counter("fit_http_refused_total", "Connections and requests refused before they had a route",
               {{"reason", reason}})
      .add();
  std::size_t count = 0;
  {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    Kind& kind = kinds_[reason];
    ++kind.since_last_line;
    if (now < kind.next_line) return;
    kind.next_line = now + kBetweenLines;
    count = kind.since_last_line;
    kind.since_last_line = 0;
  }
  log_.warning("refused", {{"reason", reason}, {"peer", peer}, {"detail", detail}, {"count", count}});
}

}  // namespace fit::http
