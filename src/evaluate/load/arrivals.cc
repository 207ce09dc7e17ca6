#include "evaluate/load/arrivals.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/format.h"

namespace fit::evaluate {
namespace {

using std::chrono::milliseconds;

double seconds_of(milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

// The number of requests in the first `time_s` seconds: the area below the rate.
double arrived(double rate, double ramp_s, double time_s) {
  if (time_s < ramp_s) return rate * time_s * time_s / (2 * ramp_s);
  return rate * (time_s - ramp_s / 2);
}

}  // namespace

ArrivalSchedule::ArrivalSchedule(const LoadShape& shape)
    : rate_(shape.rate),
      ramp_s_(seconds_of(shape.ramp)),
      // A request that would start at the very end is none.
      count_(static_cast<std::uint64_t>(
          std::ceil(arrived(shape.rate, seconds_of(shape.ramp), seconds_of(shape.duration)) - 1e-9))) {}

Result<ArrivalSchedule> ArrivalSchedule::make(const LoadShape& shape, const LoadBounds& bounds) {
  if (!(shape.rate > 0 && shape.rate <= bounds.max_rate)) {
    return invalid("--rate",
                   fit::format("must be above 0 and at most {} requests in a second", bounds.max_rate));
  }
  if (shape.duration <= milliseconds(0) || shape.duration > bounds.max_duration) {
    return invalid("--duration",
                   fit::format("must be above 0 and at most {} seconds", bounds.max_duration.count() / 1000));
  }
  if (shape.ramp < milliseconds(0) || shape.ramp > shape.duration) {
    return invalid("--ramp", "must be from 0 to the duration");
  }
  const ArrivalSchedule schedule(shape);
  if (schedule.count() == 0) return invalid("--duration", "is too short for one request");
  if (schedule.count() > bounds.max_requests) {
    return invalid("--duration", fit::format("means {} requests; at most {} are sent", schedule.count(),
                                             bounds.max_requests));
  }
  return schedule;
}

std::chrono::nanoseconds ArrivalSchedule::start_of(std::uint64_t request) const {
  const auto number = static_cast<double>(request);
  const double in_ramp = rate_ * ramp_s_ / 2;
  const double seconds =
      number < in_ramp ? std::sqrt(2 * ramp_s_ * number / rate_) : number / rate_ + ramp_s_ / 2;
  return std::chrono::nanoseconds(std::llround(seconds * 1e9));
}

std::string_view to_string(LoadKind kind) {
  switch (kind) {
    case LoadKind::kSearch:
      return "search";
    case LoadKind::kWrite:
      return "write";
    case LoadKind::kIngest:
      return "ingest";
  }
  return "search";
}

Result<LoadMix> LoadMix::parse(std::string_view text) {
  LoadMix mix;
  mix.shares_ = {};
  const Error wrong = invalid("--mix", "must be shares such as search=90,write=8,ingest=2");
  std::uint64_t sum = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return wrong;
    const auto kind = std::ranges::find(kLoadKinds, part.substr(0, equals),
                                        [](LoadKind known) { return to_string(known); });
    const std::string_view digits = part.substr(equals + 1);
    std::uint32_t share = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), share);
    if (kind == kLoadKinds.end() || error != std::errc{} || stop != digits.data() + digits.size())
      return wrong;
    mix.shares_.at(static_cast<std::size_t>(*kind)) = share;
    sum += share;
  }
  if (sum == 0) return wrong;
  return mix;
}

LoadKind LoadMix::kind_of(std::uint64_t request) const {
  std::uint64_t sum = 0;
  for (const std::uint64_t share : shares_) sum += share;
  std::uint64_t at = scrambled(request) % sum;
  for (const LoadKind kind : kLoadKinds) {
    const std::uint64_t share = shares_.at(static_cast<std::size_t>(kind));
    if (at < share) return kind;
    at -= share;
  }
  return LoadKind::kSearch;
}

std::uint64_t scrambled(std::uint64_t number) {
  std::uint64_t z = number + 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace fit::evaluate
