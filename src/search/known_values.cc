#include "search/known_values.h"

#include <numeric>

namespace fit::search {
namespace {

constexpr std::size_t kMostValues = 50'000;

}  // namespace

Result<void> KnownValues::refresh() {
  const std::lock_guard lock(refreshing_);
  const auto now = Clock::now();
  if (checked_at_ && now - *checked_at_ < age_) return {};
  FIT_TRY(const std::int64_t position, store_.changes().position());
  std::array<std::size_t, domain::kProperties.size()> all{};
  std::iota(all.begin(), all.end(), 0);
  FIT_CHECK(read(older_than(position, all), position));
  checked_at_ = now;
  return {};
}

Result<void> KnownValues::refresh(std::span<const std::size_t> properties) {
  if (properties.empty()) return {};
  FIT_TRY(const std::int64_t position, store_.changes().position());
  if (older_than(position, properties).empty()) return {};
  const std::lock_guard lock(refreshing_);
  return read(older_than(position, properties), position);
}

// Those of the properties whose values were read before the catalogue was at the position.
std::vector<std::size_t> KnownValues::older_than(std::int64_t position,
                                                 std::span<const std::size_t> properties) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::size_t> older;
  for (const std::size_t one : properties) {
    if (properties_[one].position < position) older.push_back(one);
  }
  return older;
}

// The caller holds refreshing_ and has read the position before.
Result<void> KnownValues::read(std::span<const std::size_t> properties, std::int64_t position) {
  if (properties.empty()) return {};
  std::vector<std::string_view> columns;
  for (const std::size_t one : properties) columns.push_back(domain::kProperties[one]);
  FIT_TRY(const auto values, search_.values(columns, kMostValues));
  const std::unique_lock changing(mutex_);
  for (const std::size_t one : properties) {
    properties_[one].position = position;
    for (auto& [value, count] : properties_[one].counts) count = 0;
  }
  for (const store::VectorSearch::ColumnValue& one : values) {
    const auto index = domain::property_index(one.column);
    if (!index) continue;
    Property& property = properties_[*index];
    const auto [known, is_new] = property.counts.try_emplace(one.value);
    known->second = static_cast<std::size_t>(one.count.items);
    if (is_new) property.texts.push_back(one.count.text);
  }
  return {};
}

std::optional<PropertyValues::FoundValue> KnownValues::find_value(const std::string& value,
                                                                  std::optional<std::size_t> property) const {
  const std::shared_lock lock(mutex_);
  std::array<std::size_t, domain::kProperties.size()> counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto found = properties_[i].counts.find(value);
    if (found != properties_[i].counts.end()) counts[i] = found->second;
  }
  return most_frequent(property, counts);
}

std::vector<std::string> KnownValues::values_after(std::size_t property, std::size_t seen) const {
  const std::shared_lock lock(mutex_);
  const auto& texts = properties_[property].texts;
  return {texts.begin() + static_cast<std::ptrdiff_t>(std::min(seen, texts.size())), texts.end()};
}

}  // namespace fit::search
