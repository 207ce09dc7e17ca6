#pragma once

#include <chrono>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "domain/properties.h"
#include "search/property_values.h"
#include "store/catalogue.h"
#include "store/pgvector/vector_search.h"

namespace fit::search {

// The values that items have in the database, cached for some seconds. Thread-safe. Does not own its parts.
class KnownValues final : public PropertyValues {
 public:
  KnownValues(store::Catalogue& store, store::VectorSearch& search, std::chrono::milliseconds age)
      : store_(store), search_(search), age_(age) {}

  // Reads the values again when they are older than `age` and the catalogue has changed. Blocks. The errors
  // of the store leave the old values.
  Result<void> refresh();

  std::optional<FoundValue> find_value(const std::string& value,
                                       std::optional<std::size_t> property) const override;
  std::vector<std::string> values_after(std::size_t property, std::size_t seen) const override;

 private:
  using Clock = std::chrono::steady_clock;
  struct Property {
    std::unordered_map<std::string, std::size_t> counts;  // by lower-case value; 0: no item has it any more
    std::vector<std::string> texts;                       // in the order in which they came
  };

  store::Catalogue& store_;
  store::VectorSearch& search_;
  const std::chrono::milliseconds age_;
  std::mutex refreshing_;
  std::int64_t position_ = -1;      // of the store when they were read
  Clock::time_point checked_at_{};  // when the position was compared last
  mutable std::shared_mutex mutex_;
  std::array<Property, domain::kProperties.size()> properties_;
};

}  // namespace fit::search
