#include "index/checks.h"

#include <cmath>
#include <cstdint>
#include <unordered_set>

#include "base/format.h"

namespace fit::index {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr double kLengthTolerance = 0.01;

// The result is NaN or infinite when the vector is not finite, or so long that similarities would not be.
double squared_length(std::span<const float> vector) {
  double sum = 0;
  for (const float value : vector) sum += double{value} * value;
  return sum;
}

Error wrong_size(const char* field, std::size_t size, int dimensions) {
  return invalid(field, fit::format("has {} numbers where the index has {}", size, dimensions));
}

}  // namespace

UnitQuery::UnitQuery(std::span<const float> query, double length)
    : memory_(query.size() + kCacheLine / sizeof(float)) {
  const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
  data_ = memory_.data() + (kCacheLine - address % kCacheLine) % kCacheLine / sizeof(float);
  for (std::size_t i = 0; i < query.size(); ++i) data_[i] = static_cast<float>(query[i] / length);
}

Result<UnitQuery> checked_query(std::span<const float> query, const SearchOptions& options, int dimensions) {
  if (options.limit == 0) return invalid("limit", "must be at least 1");
  if (query.size() != static_cast<std::size_t>(dimensions))
    return wrong_size("query", query.size(), dimensions);
  const double length = std::sqrt(squared_length(query));
  if (!std::isfinite(length)) return invalid("query", "has a number that is not finite");
  if (length < std::numeric_limits<float>::min()) return invalid("query", "has length 0");
  return UnitQuery(query, length);
}

Result<void> check_entries(std::span<const Entry> entries, int dimensions) {
  std::unordered_set<std::int64_t> images;
  images.reserve(entries.size());
  for (const Entry& entry : entries) {
    if (entry.vector.size() != static_cast<std::size_t>(dimensions)) {
      return wrong_size("vector", entry.vector.size(), dimensions);
    }
    if (entry.image.value < 1 || entry.item.value < 1) return invalid("id", "must be positive");
    const double length = std::sqrt(squared_length(entry.vector));
    if (!std::isfinite(length)) {
      return invalid("vector", fit::format("of image {} has a number that is not finite", entry.image.value));
    }
    if (std::abs(length - 1) > kLengthTolerance) {
      return invalid("vector",
                     fit::format("of image {} has length {:.3g}, not 1", entry.image.value, length));
    }
    if (!images.insert(entry.image.value).second) {
      return invalid("image", fit::format("{} comes twice", entry.image.value));
    }
  }
  return {};
}

Result<void> check_replacement(std::span<const ItemId> items, std::span<const Entry> entries,
                               int dimensions) {
  FIT_CHECK(check_entries(entries, dimensions));
  std::unordered_set<std::int64_t> known;
  for (const ItemId item : items) known.insert(item.value);
  for (const Entry& entry : entries) {
    if (!known.contains(entry.item.value)) {
      return invalid(
          "item", fit::format("{} of image {} is not among the items", entry.item.value, entry.image.value));
    }
  }
  return {};
}

}  // namespace fit::index
