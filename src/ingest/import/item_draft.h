#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "catalog/item_input.h"
#include "ingest/import/row_source.h"
#include "ingest/import/shape.h"

namespace fit::ingest {

// Collects the values of one item from one or more rows. Values are added in the form of the input; finish()
// makes the item. A value that cannot be read leaves its field empty and adds a warning. A field that has a
// value keeps it. Movable; not thread-safe.
class ItemDraft {
 public:
  // The place of the row in the input, and its text.
  struct Place {
    std::int64_t line = 0;
    std::uint64_t end_offset = 0;
    std::string text;  // the row's text, for the rejects file
  };
  explicit ItemDraft(Place place) : place_(std::move(place)) {}

  // Adds a cell of a table or the text of an XML element, in UTF-8.
  void add_text(const Column& column, std::string_view cell);
  // Adds a JSON value: a text, a number, or one of the objects and lists in which marketplaces wrap them.
  void add_json(const Column& column, const Json& value, std::size_t max_image_bytes);
  // Adds a warning.
  void add_warning(std::string field, std::string reason, std::string_view value) {
    warn(warnings_, std::move(field), std::move(reason), value);
  }

  // Rejects the row. The first error counts.
  void reject(Error error) {
    if (!problem_) problem_ = std::move(error);
  }
  bool is_rejected() const { return problem_.has_value(); }

  // Adds the values of another row of the same item. Existing values stay; of the prices the lowest counts.
  void join(ItemDraft other);

  // Makes the item. An item without a source gets the source of the context; relative image paths are
  // resolved against its folder.
  ImportRow finish(const SourceContext& context) &&;

  // The values by which rows are joined.
  const std::string& external_id() const { return item_.listing.external_id; }
  const std::string& sku() const { return sku_; }
  const std::string& parent() const { return parent_; }
  bool is_variation() const { return row_type_.starts_with("variation"); }
  bool has_images() const { return !images_.empty(); }
  bool is_blank() const { return is_blank_; }
  const std::string& title() const { return item_.listing.title; }
  // The estimated memory of the draft.
  std::uint64_t bytes() const { return place_.text.size() + joined_bytes_ + 512; }
  void add_joined_bytes(std::uint64_t bytes) { joined_bytes_ += bytes; }
  const Place& place() const { return place_; }

 private:
  struct Image {
    std::size_t rank = 0;  // Column::number of its column; lower ranks come first
    int position = 0;      // order within the rank; 0: the order of the input
    catalog::ImageSource source;
  };
  struct Option {
    std::string name;
    std::vector<std::string> values;
  };

  void set_id(std::string_view cell);
  void set_price(const Column& column, std::string_view cell);
  void set_amount(const Column& column, double amount, std::string_view cell);
  void add_images(const Column& column, std::string_view cell);
  void add_image(const Column& column, std::string_view location);
  void add_base64(const Column& column, std::string_view text, std::size_t max_image_bytes);
  void add_colors(std::string_view cell);
  void add_category(const Column& column, std::string_view cell);
  void add_tags(std::string_view cell);
  void set_flag(Role role, std::string_view cell);
  void set_status_or_state(std::string_view cell);
  Option& option(std::size_t number);
  void add_option_values(Option& option, std::string_view cell);

  void add_json_price(const Column& column, const Json& value);
  void add_json_images(const Column& column, const Json& value, std::size_t max_image_bytes);
  void add_json_image(const Column& column, const Json& object, std::size_t max_image_bytes);
  void add_json_properties(const Json& value);
  void add_json_options(const Json& value);

  void finish_price();
  void finish_options();
  void finish_category();
  void finish_images(const SourceContext& context);

  Place place_;
  catalog::ItemInput item_;  // finish() adds the images
  Warnings warnings_;
  std::optional<Error> problem_;
  bool is_blank_ = true;
  std::uint64_t joined_bytes_ = 0;
  std::string sku_;
  std::size_t sku_rank_ = 0;
  std::string parent_;
  std::string row_type_;
  std::string description2_;
  std::optional<double> price_;
  std::optional<double> sale_price_;
  std::string price_currency_;
  std::vector<Image> images_;
  int image_position_ = 0;
  std::vector<Option> options_;
  std::vector<std::pair<std::size_t, std::string>> categories_;  // with the ranks of their columns
};

}  // namespace fit::ingest
