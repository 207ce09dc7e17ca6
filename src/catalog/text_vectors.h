#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "embed/text_embedder.h"
#include "store/catalogue.h"

namespace fit::catalog {

// The text of a listing that is embedded in a text space: title, brand, properties, and the description's
// beginning. Empty when the listing says nothing.
std::string text_of(const domain::Listing& listing);

// Gives items their vectors in a text space: those that have none, and those whose texts have changed. Writes
// as it goes, so that it can be ended at any point and begun again; a provider that fails loses nothing, its
// items are still without a vector. One caller at a time. Does not own its parts.
class TextVectors {
 public:
  struct Parts {
    store::Catalogue& store;
    embed::TextEmbedder& embedder;
    std::int64_t space_id = 0;
    Log log;
    Metrics& metrics;
    std::function<void()> on_change;  // after each write; may be empty
  };
  explicit TextVectors(Parts parts);

  struct Report {
    std::int64_t done = 0;
    std::int64_t unchanged = 0;  // written since, with the same texts
    std::int64_t refused = 0;    // by the provider, because of their texts; not asked about again
  };
  // Items looked at so far; returning false stops.
  using Progress = std::function<bool(std::int64_t looked_at)>;

  // All items. The errors of the store and of the embedder, which end it early.
  Result<Report> fill(const Progress& progress);
  // What was written since the last fill() or follow() that ended well; all items when there was none.
  Result<Report> follow(const Progress& progress);

 private:
  Result<void> fill_items(std::span<const ItemId> items, Report& report);
  Result<void> embed(std::vector<store::TextVectorWrite>& puts, std::vector<std::string> texts,
                     Report& report);
  Result<std::vector<std::optional<embed::Vector>>> embed_each(std::span<const std::string> texts);

  Parts parts_;
  Counter& done_;
  std::optional<std::int64_t> position_;     // followed up to there
  std::unordered_set<std::string> refused_;  // hashes of texts
};

}  // namespace fit::catalog
