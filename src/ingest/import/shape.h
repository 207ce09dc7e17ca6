#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace fit::ingest {

// What a column of a table, a member of a JSON object or an element of an XML record says of an item.
enum class Role {
  kIgnored,
  kText,           // a text field of the listing, or a property; `field` names it
  kId,             // external_id
  kGroup,          // external_id; rows with the same one are one item
  kDescription2,   // the description if no other column has one
  kPrice,          // may hold a currency
  kSalePrice,      // the price, if it is lower
  kImages,         // one image or several
  kImagePosition,  // of this row's image among the item's; `number` is unused
  kImageBase64,
  kVariants,       // a list of objects with prices, of which the lowest counts
  kProperties,     // an object with properties
  kOptions,        // a list of objects: a name ("Size") and values
  kOptionName,     // of option `number`
  kOptionValue,    // of option `number`
  kColors,         // one or several colours, the first one first
  kCategoryPath,   // "Clothing > Dresses"; the path with the lowest `number` counts
  kTags,           // read for the gender alone
  kPublished,      // a flag; hidden if not
  kInStock,        // a flag or a number; sold if not
  kSold,           // flags
  kReserved,       //
  kHidden,         //
  kStatusOrState,  // a status, or the condition of the garment
  kSku,            // the id if there is no other; by it variations name their product
  kParent,         // the product of a variation: "id:44" or its SKU
  kRowType,        // "variation"
};

struct Column {
  Role role = Role::kIgnored;
  std::string field;  // of the listing, for Role::kText; else what a warning names
  std::size_t number = 0;
};

// A way in which programs write listings down: which names stand for what. Immutable, with static lifetime.
struct Shape {
  struct Name {
    std::string_view name;  // as normal_name() makes it
    Role role = Role::kIgnored;
    std::string_view field = {};
    std::size_t number = 0;
  };
  std::string_view id;                      // for --format
  std::string_view title;                   // "a Shopify export"
  std::span<const std::string_view> marks;  // a table with all these names has the shape
  std::span<const Name> names;
  bool is_own = false;              // our own names are known too, and no other names are expected
  bool joins_rows = false;          // several rows may be one item
  bool finds_images_by_id = false;  // images/ID.jpg beside the table, if no column names images
};

const Shape& own_shape();
const Shape& marketplace_shape();
// The shape with this id; null for another.
const Shape* find_shape(std::string_view id);
// All ids, separated by ", ".
std::string shape_ids();
// The shape that a table with this header has; null when it is none of the known ones.
const Shape* detect_shape(std::span<const std::string> names);

// Which column a name is in a shape, after the changes that a mapping makes. Immutable.
class ColumnNames {
 public:
  // A mapping gives columns other names ("handle=external_id"; "notes=" leaves a column out).
  // kInvalid naming "map" for an entry that is no such pair or whose right side is no field of ours.
  static Result<ColumnNames> make(const Shape& shape, std::span<const std::string> mapping);

  // `name` as normal_name() makes it. Nothing for a name that is not known.
  std::optional<Column> find(std::string_view name) const;
  const Shape& shape() const { return *shape_; }

 private:
  explicit ColumnNames(const Shape& shape) : shape_(&shape) {}

  const Shape* shape_;
  std::vector<std::pair<std::string, Column>> mapped_;
};

}  // namespace fit::ingest
