#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "domain/vectors.h"
#include "index/vector_index.h"
#include "search/facets.h"
#include "search/filter.h"
#include "search/property_values.h"
#include "store/catalogue.h"

namespace fit::search {

// The items that satisfy a filter, in the form of the backend that made it. For one question and thread.
class Selection {
 public:
  virtual ~Selection() = default;

 protected:
  Selection() = default;
  Selection(const Selection&) = default;
  Selection& operator=(const Selection&) = default;
};

// Whether an item's property says one of the values asked for.
enum class PropertyMatch : std::uint8_t { kUnknown, kEqual, kDifferent };

// A property and (lower-case) values that an item may have in it. Borrowed.
struct PropertyCondition {
  std::size_t property = 0;  // index into domain::kProperties
  std::span<const std::string> values;
};

// How a backend stands, for health and metrics.
struct BackendState {
  std::string kind;  // of the index: "exact", "hnsw"; "pgvector hnsw" where it is the database's
  std::size_t images = 0;
  std::size_t bytes = 0;                    // of the index
  std::int64_t position = 0;                // the store's change number that the index has reached
  std::optional<std::size_t> missing = {};  // images without a vector in the space, where it is known
};

// Where the engine looks answers up: the filters, the vectors of one space and the values of the catalogue's
// items. In memory (search/memory_backend.h) or in the database (search/database_backend.h).
// Thread-safe; calls may block. Errors are the store's.
class Backend {
 public:
  virtual ~Backend() = default;

  virtual const domain::SpaceRecord& space() const = 0;
  // Whether the index has had all vectors of the store once.
  virtual bool is_complete() const = 0;
  virtual Result<BackendState> state() const = 0;

  // The store's position that everything here has followed up to; nothing where answers come from the store
  // itself.
  virtual std::optional<std::int64_t> position_reached() const { return std::nullopt; }

  // The items that satisfy the filter; never null.
  virtual Result<std::unique_ptr<Selection>> select(const Filter& filter) const = 0;
  // Whether no item is selected. For a filter without conditions of its own it may be false all the same.
  virtual Result<bool> is_empty(const Selection& selection) const = 0;

  // The nearest items of the selection by their best image, best first; equal similarities by smaller item
  // id. Exactly `limit` items whenever that many match and are at least `min_similarity` like the vector.
  virtual Result<std::vector<domain::Neighbor>> nearest(
      std::span<const float> vector, std::size_t limit, const Selection& selection,
      float min_similarity = -std::numeric_limits<float>::infinity()) const = 0;

  // Nearest items that are put in order with others: some of the last ones may be missed where that is
  // cheaper.
  virtual Result<std::vector<domain::Neighbor>> candidates(std::span<const float> vector, std::size_t limit,
                                                           const Selection& selection) const {
    return nearest(vector, limit, selection);
  }

  // The same by the vectors of items' texts, of which an item has one at most; empty where the backend has no
  // index of those.
  virtual Result<std::vector<domain::Neighbor>> nearest_texts(std::span<const float> vector,
                                                              std::size_t limit,
                                                              const Selection& selection) const {
    (void)vector;
    (void)limit;
    (void)selection;
    return std::vector<domain::Neighbor>{};
  }

  // The vectors of these items' images, in the order of the items; those of unknown items are left out.
  virtual Result<std::vector<domain::ImageVector>> vectors_of(std::span<const ItemId> items) const = 0;

  // Store::find_words() within the selection.
  virtual Result<store::WordResults> find_words(std::span<const std::string> words, std::size_t limit,
                                                const Selection& selection) const = 0;

  // What each of the items says, one list for each question.
  virtual Result<std::vector<std::vector<PropertyMatch>>> match_properties(
      std::span<const ItemId> items, std::span<const PropertyCondition> questions) const = 0;

  // The items' property in lower case; empty where not known.
  virtual Result<std::vector<std::string>> properties_of(std::span<const ItemId> items,
                                                         std::size_t property) const = 0;

  // How lately each item was listed beside the latest one: 1 for that, half of it for each 30 days before, 0
  // where it is not known.
  virtual Result<std::vector<double>> freshness(std::span<const ItemId> items) const = 0;

  // At most `limit` items of the selection: the latest ids, descending.
  virtual Result<std::vector<ItemId>> latest(const Selection& selection, std::size_t limit) const = 0;

  // How many of the selection's items have each value. `names` as parse_facets() gives them.
  virtual Result<std::vector<Facet>> facets(std::span<const std::string> names,
                                            const Selection& selection) const = 0;

  // Why no item satisfies the filter, for the client: a value that no item has (with the nearest that one
  // has), conditions that contradict each other. A sentence without a final period.
  virtual Result<std::string> why_nothing_matches(const Filter& filter) const = 0;

  // What words can be read as; owned by the backend. refresh_values() first: it brings them up to date.
  virtual const PropertyValues& values() const = 0;
  virtual Result<void> refresh_values() const = 0;

 protected:
  Backend() = default;
  Backend(const Backend&) = default;
  Backend& operator=(const Backend&) = default;
};

}  // namespace fit::search
