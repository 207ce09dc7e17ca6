#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "alerts/compiled_search.h"
#include "alerts/listing_words.h"
#include "alerts/saved_search.h"
#include "domain/records.h"
#include "domain/vectors.h"
#include "index/kernels/kernels.h"

namespace fit::alerts {

// How conditions of filters are compared with listings (search/search_engine.h).
struct FilterRules {
  // Whether a listing satisfies a filter that is not empty, apart from its `among` and `no_words`.
  std::function<bool(const domain::Listing& listing, const search::Filter& filter)> satisfies;
  // A key that a value of a column shares with every text which satisfies it.
  std::function<std::string(std::string_view column, std::string_view value)> value_key;
};

// A saved search in the plan.
struct PlannedSearch {
  SavedSearch saved;
  CompiledSearch compiled;
};

// Finds the saved searches that an item matches, all at once. Each search is listed under the values or words
// of its condition that has the fewest, one of which an item must have; an item looks into the lists of its
// own values and words, and compares what it finds there, first by vectors, then by the rest. Searches
// without such a condition are compared with every item. Vectors are compared exactly, each with its own
// threshold, so that no search is missed. match() may run concurrently with itself only.
class SearchPlan {
 public:
  explicit SearchPlan(FilterRules rules) : rules_(std::move(rules)), kernels_(index::best_kernels()) {}

  // Adds a search, or replaces the one of the same id.
  void put(std::shared_ptr<const PlannedSearch> search);
  void remove(SavedSearchId id);
  // Removes the searches that a function returns false for.
  void keep_if(const std::function<bool(SavedSearchId)>& is_kept);
  void clear();

  std::size_t size() const { return slots_.size(); }
  // The searches that are compared with every item.
  std::size_t unlisted() const { return unlisted_.size(); }

  // The searches that match an item with the vectors of its images, in ascending order of their ids.
  std::vector<const PlannedSearch*> match(const domain::ItemRecord& item,
                                          std::span<const domain::ImageVector> vectors) const;

 private:
  // A search and the keys under which it is listed; none: it is unlisted.
  struct Slot {
    std::shared_ptr<const PlannedSearch> search;
    std::vector<std::string> keys;
  };

  std::vector<std::string> keys_of(const CompiledSearch& search) const;
  // The listed searches that share a value or a word with the listing, each once.
  std::vector<const PlannedSearch*> candidates(const domain::Listing& listing,
                                               const ListingWords& words) const;
  bool matches(const CompiledSearch& search, const domain::ItemRecord& item, const ListingWords& words,
               std::span<const domain::ImageVector> vectors) const;
  bool is_similar(const CompiledSearch& search, std::span<const domain::ImageVector> vectors) const;
  bool satisfies(const domain::Listing& listing, const search::Filter& filter) const;
  bool has_property(const domain::Listing& listing, const ListingWords& words,
                    const WantedProperty& wanted) const;
  bool says_all(const CompiledSearch& search, const domain::Listing& listing,
                const ListingWords& words) const;

  const FilterRules rules_;
  const index::Kernels kernels_;
  std::unordered_map<SavedSearchId, Slot> slots_;
  std::unordered_map<std::string, std::vector<const PlannedSearch*>> listed_;
  std::vector<const PlannedSearch*> unlisted_;
};

}  // namespace fit::alerts
