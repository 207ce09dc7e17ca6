#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "base/progress.h"
#include "base/result.h"
#include "embed/text_embedder.h"
#include "store/catalogue.h"

namespace fit::catalog {

// The text of a listing that is embedded in a text space: title, brand, properties, and the beginning of the
// description. Empty when all of these are empty.
std::string text_of(const domain::Listing& listing);

// Computes missing and outdated vectors of items in a text space. Each batch is stored in one transaction, so
// that a run can be stopped at any point and repeated; after an error of the provider the remaining items
// wait for the next run. Not thread-safe; calls block. Borrows its parts.
class TextVectors {
 public:
  // The dependencies of TextVectors.
  struct Parts {
    store::Catalogue& store;
    embed::TextEmbedder& embedder;
    std::int64_t space_id = 0;
    Log log;
    Metrics& metrics;
    std::function<void()> on_change;  // called after each write; may be empty
  };
  explicit TextVectors(Parts parts);

  // The items of a run by outcome.
  struct Report {
    std::int64_t done = 0;       // vectors computed
    std::int64_t unchanged = 0;  // items that were written again with the same texts
    std::int64_t refused = 0;    // items whose texts the provider rejected; they are not sent again
  };
  // Processes all items. `progress` gets the number of items read so far. `report` is filled whatever is
  // returned: kCancelled after `stop`, and the errors of the store and of the embedder, which end the run.
  Result<void> fill(const Progress& progress, const std::stop_token& stop, Report& report);
  // Processes, as fill() does, only the items written since the last successful fill() or follow(); all items
  // when there was none.
  Result<void> follow(const Progress& progress, const std::stop_token& stop, Report& report);

 private:
  Result<void> fill_items(std::span<const ItemId> items, Report& report);
  Result<void> embed(std::vector<store::TextVectorWrite>& puts, std::vector<std::string> texts,
                     Report& report);
  Result<std::vector<std::optional<embed::Vector>>> embed_each(std::span<const std::string> texts);

  Parts parts_;
  Counter& done_;
  std::optional<std::int64_t> position_;     // the position up to which changes are processed
  std::unordered_set<std::string> refused_;  // hashes of texts
};

}  // namespace fit::catalog
