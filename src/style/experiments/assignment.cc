#include "style/experiments/assignment.h"

#include "base/format.h"
#include "base/hash.h"

namespace fit::style {
namespace {

// Changing a seed assigns everybody anew.
constexpr std::uint64_t kShareSeed = 0x65787031;
constexpr std::uint64_t kSideSeed = 0x65787032;

// From 0 to below 1.
double uniform(const std::string& text, std::uint64_t seed) {
  constexpr int kKeptBits = 53;
  const std::uint64_t hash = xxh3(as_bytes(text), seed);
  return static_cast<double>(hash >> (64 - kKeptBits)) / static_cast<double>(std::uint64_t{1} << kKeptBits);
}

}  // namespace

std::optional<Variant> variant_of(ExperimentId experiment, double share, const Person& person) {
  const std::string text = fit::format("{} {}", experiment.value, person.str());
  if (uniform(text, kShareSeed) >= share) return std::nullopt;
  return uniform(text, kSideSeed) < 0.5 ? Variant::kA : Variant::kB;
}

}  // namespace fit::style
