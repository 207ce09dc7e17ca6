#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit::evaluate {

// How requests arrive: `rate` in a second, whatever the server does (an open model). During `ramp` the rate
// grows evenly from 0; `duration` includes the ramp.
struct LoadShape {
  double rate = 10;
  std::chrono::milliseconds ramp{0};
  std::chrono::milliseconds duration{30'000};
};

// The bounds of a shape.
struct LoadBounds {
  double max_rate = 10'000;
  std::chrono::milliseconds max_duration{std::chrono::hours(24)};
  std::uint64_t max_requests = 10'000'000;
};

// When each request of a shape is to start, counted from the beginning. Immutable and thread-safe.
class ArrivalSchedule {
 public:
  // kInvalid naming "--rate", "--ramp" or "--duration" for a shape outside the bounds, or without requests.
  static Result<ArrivalSchedule> make(const LoadShape& shape, const LoadBounds& bounds = {});

  std::uint64_t count() const { return count_; }
  // For `request` below count(); grows with it.
  std::chrono::nanoseconds start_of(std::uint64_t request) const;

 private:
  explicit ArrivalSchedule(const LoadShape& shape);

  double rate_;
  double ramp_s_;
  std::uint64_t count_;
};

enum class LoadKind : std::uint8_t { kSearch, kWrite, kIngest };
inline constexpr std::array kLoadKinds = {LoadKind::kSearch, LoadKind::kWrite, LoadKind::kIngest};
std::string_view to_string(LoadKind kind);  // "search", "write", "ingest"

// Shares of the kinds of requests: 90, 8 and 2 in 100 by default. Immutable and thread-safe.
class LoadMix {
 public:
  // Reads "search=90,write=8,ingest=2": whole numbers, whose sum need not be 100. kInvalid naming "--mix"
  // otherwise.
  static Result<LoadMix> parse(std::string_view text);

  // The kind of a request: the same for the same number, with these shares over many requests.
  LoadKind kind_of(std::uint64_t request) const;
  bool has(LoadKind kind) const { return shares_.at(static_cast<std::size_t>(kind)) > 0; }

 private:
  std::array<std::uint64_t, kLoadKinds.size()> shares_{90, 8, 2};
};

// A number that depends on `number` alone and looks random (SplitMix64,
// https://prng.di.unimi.it/splitmix64.c).
std::uint64_t scrambled(std::uint64_t number);

}  // namespace fit::evaluate
