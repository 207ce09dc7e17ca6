#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/search_request.h"

namespace fit::http {

// The type of a field's value. The reader of a body checks it and converts the value.
enum class FieldType : std::uint8_t {
  kText,
  kId,    // an item's id: a text, or a whole number in JSON
  kFile,  // allowed in multipart forms only
  kFlag,  // true or false
  kInteger,
  kNumber,
  kList,    // a JSON list
  kObject,  // a JSON object
};

// A field's value, in the member that belongs to the field's type. `text` is borrowed: it holds the text of
// kText, kId and kFile, and the JSON of kList and kObject.
struct FieldValue {
  std::string_view text = {};
  std::int64_t integer = 0;
  double number = 0;
  bool flag = false;
};

// Makes a search request from the fields of any form. The table lists every field once: its name, its type,
// the forms that have it, and its reader. search/query_fields.h has the same names with their cache keys. Not
// thread-safe.
class SearchFields {
 public:
  // A field of the table.
  struct Field {
    std::string_view name;
    FieldType type = FieldType::kText;
    bool in_photo = false;   // SearchForm::kPhoto has the field
    bool in_browse = false;  // SearchForm::kBrowse has the field
    bool in_detect = false;  // SearchForm::kDetect has the field; kAny has every field
    Result<void> (SearchFields::*read)(const FieldValue& value) = nullptr;

    bool is_in(SearchForm form) const;
  };
  static std::span<const Field> table();

  SearchFields(SearchForm form, std::size_t max_image_bytes)
      : form_(form), max_image_bytes_(max_image_bytes) {}

  // The field with this name. kInvalid for a name that this form does not have.
  Result<const Field*> find(std::string_view name) const;
  // Like find(), but kInvalid also for a name that was given before.
  Result<const Field*> admit(std::string_view name);

  // Reads the value of an admitted field. kInvalid, kMalformed or kTooLarge naming the field.
  Result<void> set(const Field& field, const FieldValue& value) { return (this->*field.read)(value); }

  // kInvalid when the query is empty.
  Result<SearchRequest> finish() &&;

 private:
  Result<void> read_image_base64(const FieldValue& value);
  Result<void> read_image_file(const FieldValue& value);
  Result<void> read_image_url(const FieldValue& value);
  Result<void> read_box(const FieldValue& value);
  Result<void> read_garment(const FieldValue& value);
  Result<void> read_detect(const FieldValue& value);
  Result<void> read_item_id(const FieldValue& value);
  Result<void> read_vector(const FieldValue& value);
  Result<void> read_space(const FieldValue& value);
  Result<void> read_text(const FieldValue& value);
  Result<void> read_like(const FieldValue& value);
  Result<void> read_unlike(const FieldValue& value);
  Result<void> read_weights(const FieldValue& value);
  Result<void> read_sort(const FieldValue& value);
  Result<void> read_cursor(const FieldValue& value);
  Result<void> read_collapse_duplicates(const FieldValue& value);
  Result<void> read_explain(const FieldValue& value);
  Result<void> read_filters(const FieldValue& value);
  Result<void> read_facets(const FieldValue& value);
  Result<void> read_limit(const FieldValue& value);
  Result<void> read_min_similarity(const FieldValue& value);
  Result<void> read_min_relevance(const FieldValue& value);
  Result<void> read_match(const FieldValue& value);
  Result<void> read_tenants(const FieldValue& value);
  Result<void> read_item_tenant(const FieldValue& value);
  // kInvalid unless at most one part of the photo is named, and there is a photo then.
  Result<void> check_part() const;
  // kInvalid unless a vector and its space are given together.
  Result<void> check_vector() const;
  // Checks the fields that depend on whether several tenants are asked.
  Result<void> check_tenants() const;
  // Records the field with the photo or the item. kInvalid when another one was given before.
  Result<void> claim_example(std::string_view field);

  SearchForm form_;
  std::size_t max_image_bytes_;
  std::vector<const Field*> admitted_;
  std::string example_field_;  // the field with the photo or the item; empty: none
  SearchRequest request_;
};

}  // namespace fit::http
