#include <simdjson.h>

#include <charconv>

#include "http/message.h"
#include "http/multipart.h"
#include "http/parameter_values.h"
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

// Converts the text of a form field to the field's type.
Result<FieldValue> value_of(const SearchFields::Field& field, std::string_view text) {
  const std::string name(field.name);
  FieldValue value{.text = text};
  switch (field.type) {
    case FieldType::kText:
    case FieldType::kId:
    case FieldType::kFile:
    case FieldType::kList:
    case FieldType::kObject:
      break;
    case FieldType::kFlag: {
      FIT_TRY(value.flag, parse_flag(name, text));
      break;
    }
    case FieldType::kInteger: {
      FIT_TRY(value.integer, number_of<std::int64_t>(name, text, "a whole number"));
      break;
    }
    case FieldType::kNumber: {
      FIT_TRY(value.number, number_of<double>(name, text, "a number"));
      break;
    }
  }
  return value;
}

Result<void> read_part(const FormPart& part, SearchFields& fields) {
  if (part.is_absent) {
    FIT_CHECK(fields.find(part.name));
    return {};
  }
  FIT_TRY(const SearchFields::Field* const field, fields.admit(part.name));
  const bool wants_file = field->type == FieldType::kFile;
  if (wants_file && !part.is_file) {
    return invalid(part.name, "must be a file; a base64 text goes into image_base64");
  }
  if (!wants_file && part.is_file) return invalid(part.name, "must be a text, not a file");
  if (!wants_file && !simdjson::validate_utf8(part.content))
    return malformed(part.name, "is not valid UTF-8");
  FIT_TRY(const FieldValue value, value_of(*field, part.content));
  return fields.set(*field, value);
}

}  // namespace

Result<SearchRequest> parse_search_form(std::string_view content_type, std::string_view body, SearchForm form,
                                        std::size_t max_image_bytes) {
  FIT_TRY(const auto parts, parse_multipart(content_type, body));
  SearchFields fields(form, max_image_bytes);
  for (const FormPart& part : parts) FIT_CHECK(read_part(part, fields));
  return std::move(fields).finish();
}

Error wrong_media(std::string_view content_type, std::string_view wanted) {
  const std::string got = content_type.empty() ? "missing" : "\"" + media_type(content_type) + "\"";
  return {ErrorCode::kUnsupportedMedia, "is " + got + "; send " + std::string(wanted), "Content-Type", {}};
}

Result<SearchRequest> parse_search_body(const Request& request, SearchForm form,
                                        std::size_t max_image_bytes) {
  const std::string_view content_type = request.headers.get("content-type");
  const std::string type = media_type(content_type);
  if (type == "multipart/form-data") {
    return parse_search_form(content_type, request.body, form, max_image_bytes);
  }
  if (type == "application/json") return parse_search_json(request.body, form, max_image_bytes);
  return wrong_media(content_type, "application/json or multipart/form-data");
}

Result<SearchRequest> parse_browse(std::string_view url_query) {
  SearchFields fields(SearchForm::kBrowse, 0);
  for (const auto& [name, text] : query_parameters(url_query)) {
    FIT_TRY(const SearchFields::Field* const field, fields.admit(name));
    FIT_TRY(const FieldValue value, value_of(*field, text));
    FIT_CHECK(fields.set(*field, value));
  }
  return std::move(fields).finish();
}

}  // namespace fit::http
