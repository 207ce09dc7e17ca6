#include "base/rate_limit.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/format.h"
#include "base/text.h"

namespace fit {
namespace {

// A word for a window.
struct Unit {
  std::string_view name;
  std::chrono::seconds window;
};

constexpr std::array kUnits = {Unit{"second", std::chrono::seconds(1)},
                               Unit{"minute", std::chrono::minutes(1)}, Unit{"hour", std::chrono::hours(1)},
                               Unit{"day", std::chrono::hours(24)}};

// A whole number from 1 to RateLimit::kMost.
std::optional<std::uint32_t> read_count(std::string_view text) {
  std::uint32_t count = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  if (count == 0 || count > RateLimit::kMost) return std::nullopt;
  return count;
}

}  // namespace

Result<RateLimit> RateLimit::parse(const std::string& field, std::string_view text) {
  constexpr std::string_view kBurst = " burst ";
  const std::string_view given = trim(text);
  if (given == "off") return RateLimit{};
  const auto wrong = [&] {
    return invalid(field,
                   fit::format("must be a rate such as 10/minute, 100/second, 5000/hour or 1000/day, with or "
                               "without a burst (10/minute burst 20), or off, not \"{}\"",
                               utf8_prefix(text, 100)));
  };
  const std::size_t at = given.find(kBurst);
  const std::string_view rate = given.substr(0, at);
  const std::size_t slash = rate.find('/');
  if (slash == std::string_view::npos) return wrong();
  const auto* const unit = std::ranges::find(kUnits, rate.substr(slash + 1), &Unit::name);
  if (unit == kUnits.end()) return wrong();
  const auto count = read_count(rate.substr(0, slash));
  const auto burst =
      at == std::string_view::npos ? count : read_count(trim(given.substr(at + kBurst.size())));
  if (!count || !burst) {
    return invalid(field, fit::format("must have numbers from 1 to {}, not \"{}\"; off is no limit", kMost,
                                      utf8_prefix(text, 100)));
  }
  if (*burst > std::uint64_t{*count} * kMostWindows) {
    return invalid(field, fit::format("must have a burst of at most {} times the count", kMostWindows));
  }
  return RateLimit{.count = *count, .window = unit->window, .burst = *burst};
}

std::string to_string(const RateLimit& limit) {
  if (limit.is_off()) return "off";
  const auto* const unit = std::ranges::find(kUnits, limit.window, &Unit::window);
  const std::string rate = unit == kUnits.end()
                               ? fit::format("{}/{} seconds", limit.count, limit.window.count())
                               : fit::format("{}/{}", limit.count, unit->name);
  return limit.burst == limit.count ? rate : fit::format("{} burst {}", rate, limit.burst);
}

}  // namespace fit
