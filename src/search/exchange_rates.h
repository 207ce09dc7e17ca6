#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/price_unit.h"
#include "domain/sort_order.h"
#include "search/filter.h"

namespace fit::search {

inline constexpr std::size_t kMaxRatesBytes = 1 << 20;  // of the text of a table
inline constexpr std::size_t kMaxCurrencies = 300;
inline constexpr double kLeastRate = 1e-9;
inline constexpr double kGreatestRate = 1e9;

// Rates of exchange: how many units of each currency one unit of a base buys. The base is in the table, with
// the rate 1. Immutable.
class ExchangeRates {
 public:
  // Reads a table in one of two forms:
  //   - the XML of the European Central Bank's reference rates, of one day and with the base EUR: elements
  //     <Cube currency="USD" rate="1.08"/> in one <Cube time="2026-11-27">. Declarations (<!DOCTYPE,
  //     <!ENTITY, comments) are refused, and references (&amp;) have no meaning;
  //   - CSV: "USD,1.08" in each line, with or without the header "currency,rate"; blank lines and lines that
  //     begin with "#" are skipped.
  // kInvalid or kTooLarge naming `field` for anything else: codes that are not three capital letters, codes
  // that come twice, rates that are not numbers from kLeastRate to kGreatestRate, tables without a base or
  // another currency, more than kMaxCurrencies.
  static Result<ExchangeRates> parse(std::string_view field, std::string_view text);

  // The units of `to` that one unit of `from` buys; nullopt where a rate is missing.
  std::optional<double> factor(std::string_view from, std::string_view to) const;

  std::size_t size() const { return rates_.size(); }          // currencies, with the base
  const std::string& date() const { return date_; }           // "2026-11-27"; empty: the table names none
  const auto& by_currency() const { return rates_; }          // in the order of the codes
  std::uint64_t fingerprint() const { return fingerprint_; }  // equal for equal rates

 private:
  using Rates = std::map<std::string, double, std::less<>>;

  ExchangeRates(Rates rates, std::string date);

  Rates rates_;
  std::string date_;
  std::uint64_t fingerprint_ = 0;
};

// The table in use; null until there is one. Thread-safe.
class CurrentRates {
 public:
  std::shared_ptr<const ExchangeRates> get() const {
    const std::lock_guard lock(mutex_);
    return rates_;
  }
  void set(std::shared_ptr<const ExchangeRates> rates) {
    const std::lock_guard lock(mutex_);
    rates_ = std::move(rates);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const ExchangeRates> rates_;
};

// The range with its bounds in another currency. `rates` may be null: a range has itself in its own currency,
// whatever the table says. nullopt where a rate is missing. Converted bounds are wider by a billionth, so
// that rounding excludes no price that lies on them.
std::optional<domain::PriceRange> in_currency(const domain::PriceRange& range, const std::string& currency,
                                              const ExchangeRates* rates);

// Fills Filter::converted from Filter::price_in, for all currencies of the table and those of the ranges.
// `rates` may be null.
void convert_prices(Filter& filter, const ExchangeRates* rates);

// The currency in which a query compares prices: that of its ranges and, unless it is empty, that of its
// words. nullopt where these name none or several, and where the table, which may be null, does not have it.
std::optional<domain::PriceUnit> price_unit_of(std::span<const domain::PriceRange> ranges,
                                               std::string_view of_words, const ExchangeRates* rates);

// The currency in which a query orders prices: `named`, where the query names one, otherwise a base of the
// table, because prices in several currencies have the same order in each. nullopt for other orders than by
// price, and where `rates` is null.
std::optional<domain::PriceUnit> order_unit_of(std::optional<domain::SortOrder> order,
                                               const std::optional<domain::PriceUnit>& named,
                                               const ExchangeRates* rates);

}  // namespace fit::search
