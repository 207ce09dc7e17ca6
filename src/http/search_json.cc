#include <simdjson.h>

#include "base/format.h"
#include "http/search_fields.h"
#include "http/search_request.h"

namespace fit::http {
namespace {

namespace ondemand = simdjson::ondemand;

Error not_json(simdjson::error_code code) {
  return Error{ErrorCode::kMalformed, "is not a valid JSON object", "body", simdjson::error_message(code)};
}

Error wrong_type(std::string_view name, std::string_view wanted) {
  return invalid(std::string(name), fit::format("must be {}", wanted));
}

bool is_type(ondemand::value& value, ondemand::json_type wanted) {
  ondemand::json_type type{};
  return value.type().get(type) == simdjson::SUCCESS && type == wanted;
}

// A string's text where it lies in the body; only one with escapes is copied (into the parser).
Result<std::string_view> text_of(std::string_view name, ondemand::value& value) {
  if (!is_type(value, ondemand::json_type::string)) return wrong_type(name, "a text");
  const std::string_view token = value.raw_json_token();
  const auto end = token.rfind('"');
  if (end > 0 && end != std::string_view::npos && token.find('\\') == std::string_view::npos) {
    return token.substr(1, end - 1);
  }
  std::string_view text;
  if (const auto error = value.get_string().get(text)) return not_json(error);
  return text;
}

Result<std::int64_t> whole_number(std::string_view name, ondemand::value& value) {
  std::int64_t number = 0;
  if (!is_type(value, ondemand::json_type::number) || value.get_int64().get(number) != simdjson::SUCCESS) {
    return wrong_type(name, "a whole number");
  }
  return number;
}

Result<void> read_item_id(ondemand::value& value, SearchFields& fields) {
  if (is_type(value, ondemand::json_type::number)) {
    FIT_TRY(const std::int64_t number, whole_number("item_id", value));
    return fields.set_item_id(std::to_string(number));
  }
  FIT_TRY(const std::string_view text, text_of("item_id", value));
  return fields.set_item_id(text);
}

Result<void> read_list(std::string_view name, ondemand::value& value, SearchFields& fields,
                       Result<void> (SearchFields::*set)(std::string_view)) {
  if (!is_type(value, ondemand::json_type::array)) return wrong_type(name, "a list");
  std::string_view json;
  if (const auto error = value.raw_json().get(json)) return not_json(error);
  return (fields.*set)(json);
}

Result<void> read_object(std::string_view name, ondemand::value& value, SearchFields& fields,
                         Result<void> (SearchFields::*set)(std::string_view)) {
  if (!is_type(value, ondemand::json_type::object)) return wrong_type(name, "an object");
  std::string_view json;
  if (const auto error = value.raw_json().get(json)) return not_json(error);
  return (fields.*set)(json);
}

Result<void> read_flag(std::string_view name, ondemand::value& value, SearchFields& fields,
                       void (SearchFields::*set)(bool)) {
  bool on = false;
  if (!is_type(value, ondemand::json_type::boolean) || value.get_bool().get(on) != simdjson::SUCCESS) {
    return wrong_type(name, "true or false");
  }
  (fields.*set)(on);
  return {};
}

Result<void> read_number(std::string_view name, ondemand::value& value, SearchFields& fields,
                         Result<void> (SearchFields::*set)(double)) {
  double number = 0;
  if (!is_type(value, ondemand::json_type::number) || value.get_double().get(number) != simdjson::SUCCESS) {
    return wrong_type(name, "a number");
  }
  return (fields.*set)(number);
}

Result<void> read_limit(ondemand::value& value, SearchFields& fields) {
  FIT_TRY(const std::int64_t number, whole_number("limit", value));
  return fields.set_limit(number);
}

Result<void> read_text(std::string_view name, ondemand::value& value, SearchFields& fields,
                       Result<void> (SearchFields::*set)(std::string_view)) {
  FIT_TRY(const std::string_view text, text_of(name, value));
  return (fields.*set)(text);
}

Result<void> read_member(std::string_view name, ondemand::value value, SearchFields& fields) {
  FIT_CHECK(fields.admit(name));
  ondemand::json_type type{};
  if (const auto error = value.type().get(type)) return not_json(error);
  if (is_type(value, ondemand::json_type::null)) {
    bool is_null = false;
    if (const auto error = value.is_null().get(is_null); error || !is_null) return not_json(error);
    return {};
  }
  if (name == "filters") return read_object(name, value, fields, &SearchFields::set_filters);
  if (name == "weights") return read_object(name, value, fields, &SearchFields::set_weights);
  if (name == "like") return read_list(name, value, fields, &SearchFields::set_like);
  if (name == "unlike") return read_list(name, value, fields, &SearchFields::set_unlike);
  if (name == "explain") return read_flag(name, value, fields, &SearchFields::set_explain);
  if (name == "collapse_duplicates") {
    return read_flag(name, value, fields, &SearchFields::set_collapse_duplicates);
  }
  if (name == "facets") return read_list(name, value, fields, &SearchFields::set_facets);
  if (name == "limit") return read_limit(value, fields);
  if (name == "min_similarity") return read_number(name, value, fields, &SearchFields::set_min_similarity);
  if (name == "min_relevance") return read_number(name, value, fields, &SearchFields::set_min_relevance);
  if (name == "item_id") return read_item_id(value, fields);
  if (name == "image_base64") return read_text(name, value, fields, &SearchFields::set_image_base64);
  if (name == "image_url") return read_text(name, value, fields, &SearchFields::set_image_url);
  if (name == "text") return read_text(name, value, fields, &SearchFields::set_text);
  if (name == "cursor") return read_text(name, value, fields, &SearchFields::set_cursor);
  return invalid(std::string(name), "is a file: send it as multipart/form-data, or as image_base64");
}

}  // namespace

Result<SearchRequest> parse_search_json(std::string_view body, SearchForm form, std::size_t max_image_bytes) {
  const simdjson::padded_string padded(body);
  ondemand::parser parser(simdjson::SIMDJSON_MAXSIZE_BYTES);
  ondemand::document document;
  if (const auto error = parser.iterate(padded).get(document)) return not_json(error);
  ondemand::object object;
  if (const auto error = document.get_object().get(object)) return not_json(error);

  SearchFields fields(form, max_image_bytes);
  for (auto member : object) {
    std::string_view name;
    if (const auto error = member.unescaped_key().get(name)) return not_json(error);
    ondemand::value value;
    if (const auto error = member.value().get(value)) return not_json(error);
    FIT_CHECK(read_member(name, value, fields));
  }
  if (!document.at_end()) return not_json(simdjson::TRAILING_CONTENT);
  return std::move(fields).finish();
}

}  // namespace fit::http
