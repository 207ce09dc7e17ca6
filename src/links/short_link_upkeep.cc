#include "links/short_link_upkeep.h"

namespace fit::links {
namespace {

constexpr std::chrono::minutes kPrunePeriod{10};
constexpr std::size_t kPrunedAtOnce = 200;

}  // namespace

void ShortLinkUpkeep::start() {
  task_.start([this](const std::stop_token&) {
    do prune();
    while (task_.wait_for(kPrunePeriod));
  });
}

void ShortLinkUpkeep::prune() {
  while (!task_.is_stopped()) {
    const auto pruned = links_.prune(now(), kPrunedAtOnce);
    if (!pruned) {
      log_.error("expired short links could not be removed", pruned.error());
      return;
    }
    if (*pruned < static_cast<std::int64_t>(kPrunedAtOnce)) return;
  }
}

}  // namespace fit::links
