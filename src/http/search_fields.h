#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/search_request.h"

namespace fit::http {

// Puts the fields of a search together, whatever form they came in. Keeps which were given.
class SearchFields {
 public:
  SearchFields(SearchForm form, std::size_t max_image_bytes)
      : form_(form), max_image_bytes_(max_image_bytes) {}

  // kInvalid for a name that this form does not know or that came before.
  Result<void> admit(std::string_view name);

  Result<void> set_image_base64(std::string_view text);
  Result<void> set_image_file(std::string_view content);
  Result<void> set_image_url(std::string_view url);
  Result<void> set_item_id(std::string_view id);
  Result<void> set_text(std::string_view text);
  Result<void> set_like(std::string_view json);    // a list of item ids
  Result<void> set_unlike(std::string_view json);  // the same
  Result<void> set_weights(std::string_view json);
  Result<void> set_cursor(std::string_view cursor);
  void set_collapse_duplicates(bool on) { request_.query.collapse_duplicates = on; }
  void set_explain(bool on) { request_.query.explain = on; }
  Result<void> set_filters(std::string_view json);
  Result<void> set_facets(std::string_view json);
  Result<void> set_limit(std::int64_t limit);
  Result<void> set_min_similarity(double value);
  Result<void> set_min_relevance(double value);

  // kInvalid when nothing was asked.
  Result<SearchRequest> finish() &&;

 private:
  Result<void> ask(std::string_view field);

  SearchForm form_;
  std::size_t max_image_bytes_;
  std::bitset<16> seen_;
  std::string question_;  // the field with the photo or the item
  SearchRequest request_;
};

}  // namespace fit::http
