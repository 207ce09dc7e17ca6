#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/catalogue.h"

namespace fit::search {

// Looks up names and phrases in the catalogue. Thread-safe; calls block.
class ListedNames {
 public:
  virtual ~ListedNames() = default;

  // Returns those of the joined names (text::joined_name()) that are brands.
  virtual Result<std::vector<std::string>> brands(std::span<const std::string> names) const = 0;

  // Counts the items that have the words next to each other, up to `most`.
  virtual Result<std::int64_t> count_phrase(std::string_view words, std::int64_t most) const = 0;

 protected:
  ListedNames() = default;
  ListedNames(const ListedNames&) = default;
  ListedNames& operator=(const ListedNames&) = default;
};

// Looks up names in the full-text index of a store. Borrows the store.
class StoredNames final : public ListedNames {
 public:
  explicit StoredNames(store::Catalogue& store) : store_(store) {}

  Result<std::vector<std::string>> brands(std::span<const std::string> names) const override {
    return store_.words().brands(names);
  }
  Result<std::int64_t> count_phrase(std::string_view words, std::int64_t most) const override {
    return store_.words().count_phrase(words, most);
  }

 private:
  store::Catalogue& store_;
};

}  // namespace fit::search
