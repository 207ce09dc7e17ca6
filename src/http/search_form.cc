#include <simdjson.h>

#include <charconv>

#include "http/message.h"
#include "http/multipart.h"
#include "http/search_fields.h"
#include "http/search_request.h"

namespace fit::http {
namespace {

template <class Number>
Result<Number> number_of(const std::string& name, std::string_view text, std::string_view wanted) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end) return invalid(name, "must be " + std::string(wanted));
  return number;
}

Result<void> read_part(const FormPart& part, SearchFields& fields) {
  FIT_CHECK(fields.admit(part.name));
  if (part.name == "image") {
    if (!part.is_file) return invalid("image", "must be a file; a base64 text goes into image_base64");
    return fields.set_image_file(part.content);
  }
  if (part.is_file) return invalid(part.name, "must be a text, not a file");
  if (!simdjson::validate_utf8(part.content)) return malformed(part.name, "is not valid UTF-8");
  if (part.name == "image_base64") return fields.set_image_base64(part.content);
  if (part.name == "image_url") return fields.set_image_url(part.content);
  if (part.name == "item_id") return fields.set_item_id(part.content);
  if (part.name == "text") return fields.set_text(part.content);
  if (part.name == "filters") return fields.set_filters(part.content);
  if (part.name == "like") return fields.set_like(part.content);
  if (part.name == "unlike") return fields.set_unlike(part.content);
  if (part.name == "weights") return fields.set_weights(part.content);
  if (part.name == "cursor") return fields.set_cursor(part.content);
  if (part.name == "explain" || part.name == "collapse_duplicates") {
    if (part.content != "true" && part.content != "false") return invalid(part.name, "must be true or false");
    const bool on = part.content == "true";
    part.name == "explain" ? fields.set_explain(on) : fields.set_collapse_duplicates(on);
    return {};
  }
  if (part.name == "facets") return fields.set_facets(part.content);
  if (part.name == "limit") {
    FIT_TRY(const auto number, number_of<std::int64_t>(part.name, part.content, "a whole number"));
    return fields.set_limit(number);
  }
  FIT_TRY(const auto number, number_of<double>(part.name, part.content, "a number"));
  return part.name == "min_relevance" ? fields.set_min_relevance(number) : fields.set_min_similarity(number);
}

}  // namespace

Result<SearchRequest> parse_search_form(std::string_view content_type, std::string_view body,
                                        std::size_t max_image_bytes) {
  FIT_TRY(const auto parts, parse_multipart(content_type, body));
  SearchFields fields(SearchForm::kAny, max_image_bytes);
  for (const FormPart& part : parts) FIT_CHECK(read_part(part, fields));
  return std::move(fields).finish();
}

Result<SearchRequest> parse_browse(std::string_view url_query) {
  SearchFields fields(SearchForm::kBrowse, 0);
  const auto given = [&](std::string_view name) { return query_parameter(url_query, name); };
  if (const auto filters = given("filters")) FIT_CHECK(fields.set_filters(*filters));
  if (const auto facets = given("facets")) FIT_CHECK(fields.set_facets(*facets));
  if (const auto cursor = given("cursor")) FIT_CHECK(fields.set_cursor(*cursor));
  if (const auto limit = given("limit")) {
    FIT_TRY(const auto number, number_of<std::int64_t>("limit", *limit, "a whole number"));
    FIT_CHECK(fields.set_limit(number));
  }
  return std::move(fields).finish();
}

}  // namespace fit::http
