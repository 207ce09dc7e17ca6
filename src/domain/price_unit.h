#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fit::domain {

// A currency in which prices of several currencies are compared.
struct PriceUnit {
  std::string currency;  // ISO 4217, upper case
  // What one unit of each currency is in this one, its own with 1; more than 0.
  std::map<std::string, double, std::less<>> factors;
  std::uint64_t rates = 0;  // the fingerprint of the rates; never 0

  // A price in this currency; nullopt where there is no rate.
  std::optional<double> convert(std::string_view from, double amount) const {
    const auto factor = factors.find(from);
    return factor == factors.end() ? std::nullopt : std::optional(amount * factor->second);
  }
};

}  // namespace fit::domain
