#pragma once

#include <chrono>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "domain/properties.h"
#include "search/property_values.h"
#include "store/catalogue.h"
#include "store/pgvector/vector_search.h"

namespace fit::search {

// The values that items have in the database, cached for some seconds. Thread-safe. Borrows its parts.
class KnownValues final : public PropertyValues {
 public:
  KnownValues(store::Catalogue& store, store::VectorSearch& search, std::chrono::milliseconds age)
      : store_(store), search_(search), age_(age) {}

  // Reads the values again when they are older than `age` and the catalogue has changed. Blocks. After an
  // error of the store the old values stay.
  Result<void> refresh();
  // Reads the values of these properties again when the catalogue has changed since they were read, which
  // takes a look at its position. Blocks. After an error of the store the old values stay.
  Result<void> refresh(std::span<const std::size_t> properties);

  std::optional<FoundValue> find_value(const std::string& value,
                                       std::optional<std::size_t> property) const override;
  std::vector<std::string> values_after(std::size_t property, std::size_t seen) const override;

 private:
  using Clock = std::chrono::steady_clock;
  // The values of one property.
  struct Property {
    std::int64_t position = -1;                           // of the catalogue, before they were read
    std::unordered_map<std::string, std::size_t> counts;  // by lower-case value; 0: no item has it any more
    std::vector<std::string> texts;                       // in the order in which they were read
  };

  Result<void> read(std::span<const std::size_t> properties, std::int64_t position);
  std::vector<std::size_t> older_than(std::int64_t position, std::span<const std::size_t> properties) const;

  store::Catalogue& store_;
  store::VectorSearch& search_;
  const std::chrono::milliseconds age_;
  std::mutex refreshing_;
  std::optional<Clock::time_point> checked_at_;  // when the positions of all were last compared
  mutable std::shared_mutex mutex_;
  std::array<Property, domain::kProperties.size()> properties_;
};

}  // namespace fit::search
