#include <simdjson.h>

#include <charconv>

#include "http/multipart.h"
#include "http/search_fields.h"
#include "http/search_request.h"

namespace fit::http {
namespace {

template <class Number>
Result<Number> number_of(const FormPart& part, std::string_view wanted) {
  Number number{};
  const char* end = part.content.data() + part.content.size();
  const auto [stop, error] = std::from_chars(part.content.data(), end, number);
  if (error != std::errc{} || stop != end) return invalid(part.name, "must be " + std::string(wanted));
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
    FIT_TRY(const auto number, number_of<std::int64_t>(part, "a whole number"));
    return fields.set_limit(number);
  }
  FIT_TRY(const auto number, number_of<double>(part, "a number"));
  return fields.set_min_similarity(number);
}

}  // namespace

Result<SearchRequest> parse_search_form(std::string_view content_type, std::string_view body,
                                        std::size_t max_image_bytes) {
  FIT_TRY(const auto parts, parse_multipart(content_type, body));
  SearchFields fields(SearchForm::kAny, max_image_bytes);
  for (const FormPart& part : parts) FIT_CHECK(read_part(part, fields));
  return std::move(fields).finish();
}

}  // namespace fit::http
