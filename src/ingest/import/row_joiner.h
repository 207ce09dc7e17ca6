#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "ingest/import/item_draft.h"

namespace fit::ingest {

// Joins the rows of a table that belong to one item: rows with the same id, unless their titles differ, or
// variations with the product that they name. Holds the latest items, up to kMaxBytes of rows, so that the
// rows of an item need not be adjacent and memory is bounded. Not thread-safe.
class RowJoiner {
 public:
  static constexpr std::uint64_t kMaxBytes = 16u << 20;

  // `by_parent`: join variations with their products; a variation whose product is not held is rejected.
  // Otherwise join rows with the same id.
  explicit RowJoiner(bool by_parent) : by_parent_(by_parent) {}

  // Adds a row to the item to which it belongs, or as a new item.
  void add(ItemDraft draft);
  // Whether take() must be called before the next add().
  bool is_full() const { return bytes_ > kMaxBytes; }
  // Removes and returns the oldest item; nullopt when there is none.
  std::optional<ItemDraft> take();

 private:
  using Place = std::list<ItemDraft>::iterator;
  void remember(const std::string& name, Place place);
  ItemDraft* find(const std::string& name);

  const bool by_parent_;
  std::list<ItemDraft> drafts_;
  std::unordered_map<std::string, Place> by_name_;
  std::uint64_t bytes_ = 0;
};

}  // namespace fit::ingest
