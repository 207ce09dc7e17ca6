#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "search/item_columns.h"
#include "search/query_parser.h"
#include "search/resolved_query.h"

namespace fit::search {

// The least confidence with which a predicted value counts as one that an item has.
inline constexpr double kConfident = 0.5;

// A value that a query asks for and that the results need not have, because no item has it together with what
// they have.
struct GivenUp {
  std::size_t property = 0;  // index into domain::kProperties
  std::string value;         // lower case

  bool operator==(const GivenUp&) const = default;
};

// A kind of garment: items whose property has one of the values (lower case).
struct Kind {
  std::size_t property = 0;  // index into domain::kProperties
  std::vector<std::string> values;
};

// What a query asks for and items have together.
struct Agreement {
  // The items that have all that the query asks for except `given_up`. nullopt when the words name no
  // property, or no item has what they name.
  std::optional<Selection> items = {};
  // The kind that comes before all others. nullopt when the query has no example or no words, when no kind is
  // known, and when no selected item is of it.
  std::optional<Kind> kind = {};
  std::vector<GivenUp> given_up = {};  // empty for words alone
};

// Finds what the selected items have of the properties that the words name and of the kind.
//
// The kind is the category and the subcategory that the words name, otherwise the category and the
// subcategory that the example has, or is predicted to have with kConfident.
//
// For a query with an example, the agreement is the first of these combinations that some item has:
// - the subcategory with all named properties;
// - the category with all named properties;
// - the subcategory, otherwise the category, with as few named properties given up as possible. Colours are
//   given up after other properties, and what the words name first after what they name later.
// The kind is given up only when no selected item is of it.
//
// For a query of words alone, the agreement is all that they name.
//
// The errors of `columns`.
Result<Agreement> find_agreement(const ItemColumns& columns, const ResolvedQuery& query);

}  // namespace fit::search
