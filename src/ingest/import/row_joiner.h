#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "ingest/import/item_draft.h"

namespace fit::ingest {

// Joins the rows of a table that are one item: rows with the same id, and variations with the product that
// they name. Holds the last items, up to kMaxBytes of their rows, so that rows of one item need not stand
// together and memory stays flat. Not thread-safe.
class RowJoiner {
 public:
  static constexpr std::uint64_t kMaxBytes = 16u << 20;

  // `by_parent`: variations name their product; else rows with the same id are joined.
  explicit RowJoiner(bool by_parent) : by_parent_(by_parent) {}

  void add(ItemDraft draft);
  bool is_full() const { return bytes_ > kMaxBytes; }
  // The oldest item; nothing when there is none.
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
