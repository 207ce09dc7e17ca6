#include "search/known_values.h"

namespace fit::search {
namespace {

constexpr std::size_t kMostValues = 50'000;

}  // namespace

Result<void> KnownValues::refresh() {
  const std::lock_guard lock(refreshing_);
  const auto now = Clock::now();
  if (position_ >= 0 && now - checked_at_ < age_) return {};
  FIT_TRY(const std::int64_t position, store_.changes().position());
  checked_at_ = now;
  if (position == position_) return {};
  FIT_TRY(const auto values, search_.values(domain::kProperties, kMostValues));
  const std::unique_lock changing(mutex_);
  for (Property& property : properties_) {
    for (auto& [value, count] : property.counts) count = 0;
  }
  for (const store::VectorSearch::ColumnValue& one : values) {
    const auto index = domain::property_index(one.column);
    if (!index) continue;
    Property& property = properties_[*index];
    const auto [known, is_new] = property.counts.try_emplace(one.value);
    known->second = static_cast<std::size_t>(one.count.items);
    if (is_new) property.texts.push_back(one.count.text);
  }
  position_ = position;
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
