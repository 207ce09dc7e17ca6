#include "search/visible_catalogues.h"

#include <algorithm>

#include "base/byte_stream.h"
#include "search/query_fields.h"

namespace fit::search {
namespace {

constexpr std::size_t kMost = 32;  // catalogues that are kept

}  // namespace

Result<std::int64_t> VisibleCatalogues::position() const {
  const auto of_columns = parts_.columns.position();
  return of_columns ? Result<std::int64_t>(*of_columns) : parts_.store.changes().position();
}

std::shared_ptr<const VisibleCatalogue> VisibleCatalogues::find(const Bytes& filter, std::int64_t position,
                                                                const ExchangeRates* rates) {
  const std::lock_guard lock(mutex_);
  const auto known = std::ranges::find(entries_, filter, &Entry::filter);
  if (known == entries_.end()) return nullptr;
  if (known->position != position || known->rates.get() != rates || !known->catalogue->check()) {
    entries_.erase(known);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, known);
  return known->catalogue;
}

Result<std::shared_ptr<const VisibleCatalogue>> VisibleCatalogues::open(
    const Filter& required, std::shared_ptr<const ExchangeRates> rates) {
  ByteWriter key;
  write_key(key, required);
  Bytes filter = key.take();
  FIT_TRY(const std::int64_t at, position());
  if (auto known = find(filter, at, rates.get())) return known;
  VisibleCatalogue::Parts parts = parts_;
  parts.rates = rates;
  FIT_TRY(std::shared_ptr<const VisibleCatalogue> made, VisibleCatalogue::open(std::move(parts), required));
  const std::lock_guard lock(mutex_);
  entries_.push_front({std::move(filter), at, std::move(rates), made});
  if (entries_.size() > kMost) entries_.pop_back();
  return made;
}

}  // namespace fit::search
