#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "style/wardrobe/garment.h"

namespace fit::style {

// What a wardrobe has, and what it costs by the day.
struct WardrobeSummary {
  // The prices in one currency.
  struct Cost {
    std::int64_t garments = 0;  // that have a price
    double price = 0;           // of all of them
    std::int64_t wears = 0;     // of all of them
  };

  std::int64_t garments = 0;
  std::int64_t wears = 0;
  std::map<std::string, std::int64_t> slots = {};  // garments by slot; those without one are left out
  std::map<std::string, std::int64_t> categories = {};
  std::map<std::string, std::int64_t> colors = {};  // by the primary one
  std::map<std::string, std::int64_t> states = {};
  std::map<std::string, Cost> costs = {};  // by currency
  std::vector<GarmentId> never_worn = {};  // that are not retired, those that were added first at the front
};

WardrobeSummary summarise(std::span<const Garment> garments);

}  // namespace fit::style
