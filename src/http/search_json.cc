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

// A string's text in place in the body. Only a string with escapes is copied, into the parser's buffer.
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

// The JSON text of a list or an object.
Result<std::string_view> json_of(std::string_view name, ondemand::value& value, ondemand::json_type type,
                                 std::string_view wanted) {
  if (!is_type(value, type)) return wrong_type(name, wanted);
  std::string_view json;
  if (const auto error = value.raw_json().get(json)) return not_json(error);
  return json;
}

Result<bool> flag_of(std::string_view name, ondemand::value& value) {
  bool on = false;
  if (!is_type(value, ondemand::json_type::boolean) || value.get_bool().get(on) != simdjson::SUCCESS) {
    return wrong_type(name, "true or false");
  }
  return on;
}

Result<double> number_of(std::string_view name, ondemand::value& value) {
  double number = 0;
  if (!is_type(value, ondemand::json_type::number) || value.get_double().get(number) != simdjson::SUCCESS) {
    return wrong_type(name, "a number");
  }
  return number;
}

// `digits` holds the text of an id that is given as a number.
Result<FieldValue> value_of(const SearchFields::Field& field, ondemand::value& value, std::string& digits) {
  FieldValue read;
  switch (field.type) {
    case FieldType::kText: {
      FIT_TRY(read.text, text_of(field.name, value));
      return read;
    }
    case FieldType::kId: {
      if (is_type(value, ondemand::json_type::number)) {
        FIT_TRY(const std::int64_t number, whole_number(field.name, value));
        digits = std::to_string(number);
        read.text = digits;
        return read;
      }
      FIT_TRY(read.text, text_of(field.name, value));
      return read;
    }
    case FieldType::kFile:
      return invalid(std::string(field.name),
                     "is a file: send it as multipart/form-data, or as image_base64");
    case FieldType::kFlag: {
      FIT_TRY(read.flag, flag_of(field.name, value));
      return read;
    }
    case FieldType::kInteger: {
      FIT_TRY(read.integer, whole_number(field.name, value));
      return read;
    }
    case FieldType::kNumber: {
      FIT_TRY(read.number, number_of(field.name, value));
      return read;
    }
    case FieldType::kList: {
      FIT_TRY(read.text, json_of(field.name, value, ondemand::json_type::array, "a list"));
      return read;
    }
    case FieldType::kObject: {
      FIT_TRY(read.text, json_of(field.name, value, ondemand::json_type::object, "an object"));
      return read;
    }
  }
  return read;
}

Result<void> read_member(std::string_view name, ondemand::value value, SearchFields& fields) {
  FIT_TRY(const SearchFields::Field* const field, fields.admit(name));
  ondemand::json_type type{};
  if (const auto error = value.type().get(type)) return not_json(error);
  if (is_type(value, ondemand::json_type::null)) {
    bool is_null = false;
    if (const auto error = value.is_null().get(is_null); error || !is_null) return not_json(error);
    return {};
  }
  std::string digits;
  FIT_TRY(const FieldValue read, value_of(*field, value, digits));
  return fields.set(*field, read);
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
