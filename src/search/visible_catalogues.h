#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>

#include "base/bytes.h"
#include "search/visible_catalogue.h"

namespace fit::search {

// Makes the visible catalogues of required filters, and keeps those of the latest filters until the catalogue
// or the rates of exchange change. Thread-safe; calls block. Borrows what VisibleCatalogue borrows.
class VisibleCatalogues {
 public:
  explicit VisibleCatalogues(VisibleCatalogue::Parts parts) : parts_(std::move(parts)) {}

  // The errors of VisibleCatalogue::open(). `rates` are those of the query, and replace the ones of the
  // parts.
  Result<std::shared_ptr<const VisibleCatalogue>> open(const Filter& required,
                                                       std::shared_ptr<const ExchangeRates> rates);

 private:
  struct Entry {
    Bytes filter;               // its write_key()
    std::int64_t position = 0;  // of the catalogue, before the entry was made
    std::shared_ptr<const ExchangeRates> rates;
    std::shared_ptr<const VisibleCatalogue> catalogue;
  };

  Result<std::int64_t> position() const;
  std::shared_ptr<const VisibleCatalogue> find(const Bytes& filter, std::int64_t position,
                                               const ExchangeRates* rates);

  const VisibleCatalogue::Parts parts_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // the latest first
};

}  // namespace fit::search
