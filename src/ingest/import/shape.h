#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace fit::ingest {

// The meaning of a column of a table, a member of a JSON object or an element of an XML record.
enum class Role {
  kIgnored,
  kText,           // a text field of the listing, or a property; `field` names it
  kId,             // external_id
  kGroup,          // external_id; rows with the same id belong to one item
  kDescription2,   // the description if no other column has a value for it
  kPrice,          // may hold a currency
  kSalePrice,      // the price, if it is lower
  kImages,         // one image or several
  kImagePosition,  // the position of this row's image among the item's images
  kImageBase64,
  kVariants,       // a list of objects with prices; the lowest price counts
  kProperties,     // an object with properties
  kOptions,        // a list of objects: a name ("Size") and values
  kOptionName,     // the name of option `number`
  kOptionValue,    // the values of option `number`
  kColors,         // one or more colours, the primary colour first
  kCategoryPath,   // "Clothing > Dresses"; the path with the lowest `number` counts
  kTags,           // only tags that name a gender are read
  kPublished,      // a flag; false: the status is "hidden"
  kInStock,        // a flag or a status; out of stock: the status is "sold"
  kSold,           // a flag; true: the status is "sold"
  kReserved,       // a flag; true: the status is "reserved"
  kHidden,         // a flag; true: the status is "hidden"
  kStatusOrState,  // a status, or the condition of the garment
  kSku,            // the id if there is no other; also the name by which variations refer to their product
  kParent,         // refers to the product of a variation: "id:44" or its SKU
  kRowType,        // "variation" for a variation
};

// A column with its meaning.
struct Column {
  Role role = Role::kIgnored;
  std::string field;  // the field of the listing for Role::kText, otherwise the name in warnings
  std::size_t number = 0;
};

// The names that one program or shop uses for its columns, with their meanings. Immutable, with static
// lifetime.
struct Shape {
  struct Name {
    std::string_view name;  // in the form of normal_name()
    Role role = Role::kIgnored;
    std::string_view field = {};
    std::size_t number = 0;
  };
  std::string_view id;                      // the value of --format
  std::string_view title;                   // such as "a Shopify export"
  std::span<const std::string_view> marks;  // a table with all these names has this shape
  std::span<const Name> names;
  bool is_own = false;      // our own names: an unknown name is an error
  bool joins_rows = false;  // several rows may belong to one item
  // An item without images has the image images/ID.jpg or ID.jpg beside the table.
  bool finds_images_by_id = false;
};

const Shape& own_shape();
const Shape& marketplace_shape();
// The shape with this id; null for other ids.
const Shape* find_shape(std::string_view id);
// The ids of all shapes, separated by ", ".
std::string shape_ids();
// The shape of a table with these names in its header; null when no shape fits.
const Shape* detect_shape(std::span<const std::string> names);

// Looks up names in a shape, with the changes of a mapping. Immutable.
class ColumnNames {
 public:
  // An entry of the mapping gives a column a meaning: "handle=external_id"; "notes=" leaves the column out.
  // kInvalid naming "map" for an entry of another form, and for an unknown field.
  static Result<ColumnNames> make(const Shape& shape, std::span<const std::string> mapping);

  // `name` is in the form of normal_name(). nullopt for an unknown name.
  std::optional<Column> find(std::string_view name) const;
  const Shape& shape() const { return *shape_; }

 private:
  explicit ColumnNames(const Shape& shape) : shape_(&shape) {}

  const Shape* shape_;
  std::vector<std::pair<std::string, Column>> mapped_;
};

}  // namespace fit::ingest
