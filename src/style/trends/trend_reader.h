#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ontology/ontology.h"
#include "sql/database.h"
#include "style/trends/trend.h"

namespace fit::style {

// Where the events of a catalogue are.
struct TrendSources {
  sql::Database& database;  // of the catalogue
  // With the favourites and searches of users; may be the same.
  sql::Database& accounts;
  std::string tenant;  // the name of the catalogue there
  const ontology::Ontology& ontology;
};

// The band of a price, with its currency: "EUR 20-50". Bands begin at 0, 1, 2, 5, 10, 20, 50 and so on, in
// each currency; a band contains its lower end.
std::string price_band(double price, std::string_view currency);

// Computes the trends of each window of kTrendWindows that ends at `time`, in their order. It reads all
// items, feedback, favourites and searches once, a page at a time, so that it blocks for long. Items that are
// hidden or wait for a review count for nothing. kCancelled after `stop`; the errors of the databases.
Result<std::vector<TrendReport>> compute_trends(const TrendSources& sources, Timestamp time,
                                                const std::stop_token& stop);

}  // namespace fit::style
