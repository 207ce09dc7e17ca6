#include "base/json_reader.h"

#include <algorithm>

#include "base/format.h"

namespace fit {
namespace {

const Json& empty_object() {
  static const Json empty = Json::object();
  return empty;
}

}  // namespace

JsonReader::JsonReader(const Json& json, std::string path)
    : JsonReader(json, std::move(path), std::make_shared<std::optional<Error>>()) {}

JsonReader::JsonReader(const Json& json, std::string path, std::shared_ptr<std::optional<Error>> error)
    : json_(&json), path_(std::move(path)), error_(std::move(error)) {
  if (json.is_object()) return;
  fail("", "must be an object");
  json_ = &empty_object();
}

std::string JsonReader::text(const std::string& key) {
  const Json* value = require(key);
  if (value == nullptr) return {};
  if (!value->is_string()) return fail(key, "must be a text"), std::string();
  auto content = value->get<std::string>();
  if (content.empty()) fail(key, "must not be empty");
  return content;
}

std::string JsonReader::optional_text(const std::string& key) {
  const Json* value = find(key);
  if (value == nullptr) return {};
  if (!value->is_string()) return fail(key, "must be a text"), std::string();
  return value->get<std::string>();
}

std::int64_t JsonReader::integer(const std::string& key, std::int64_t least, std::int64_t most) {
  const Json* value = require(key);
  if (value == nullptr) return least;
  if (!value->is_number_integer() || *value < least || *value > most) {
    return fail(key, fit::format("must be a whole number from {} to {}", least, most)), least;
  }
  return value->get<std::int64_t>();
}

bool JsonReader::flag(const std::string& key) {
  const Json* value = require(key);
  if (value == nullptr) return false;
  if (!value->is_boolean()) return fail(key, "must be true or false"), false;
  return value->get<bool>();
}

std::uint64_t JsonReader::count(const std::string& key) {
  if (require(key) == nullptr) return 0;
  return optional_count(key).value_or(0);
}

std::optional<std::uint64_t> JsonReader::optional_count(const std::string& key) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_unsigned()) {
    return fail(key, "must be a whole number of at least 0"), std::nullopt;
  }
  return value->get<std::uint64_t>();
}

std::size_t JsonReader::choice(const std::string& key, std::initializer_list<std::string_view> choices) {
  const std::string value = text(key);
  const auto found = std::ranges::find(choices, value);
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  std::string list;
  for (const std::string_view each : choices)
    list += fit::format("{}\"{}\"", list.empty() ? "" : " or ", each);
  fail(key, "must be " + list);
  return 0;
}

std::vector<std::string> JsonReader::texts(const std::string& key, std::size_t most) {
  const Json* values = list(key, most);
  if (values == nullptr) return {};
  return texts_of(key, *values);
}

std::vector<std::string> JsonReader::optional_texts(const std::string& key) {
  const Json* values = find(key);
  if (values == nullptr) return {};
  if (!values->is_array()) return fail(key, "must be a list of texts"), std::vector<std::string>();
  return texts_of(key, *values);
}

std::vector<std::string> JsonReader::texts_of(const std::string& key, const Json& values) {
  std::vector<std::string> texts;
  for (const Json& each : values) {
    if (!each.is_string() || each.get_ref<const std::string&>().empty()) {
      return fail(fit::format("{}[{}]", key, texts.size()), "must be a text that is not empty"), texts;
    }
    texts.push_back(each.get<std::string>());
  }
  return texts;
}

std::vector<std::string> JsonReader::keys() const {
  std::vector<std::string> keys;
  if (!ok()) return keys;
  for (const auto& [key, value] : json_->items()) keys.push_back(key);
  return keys;
}

JsonReader JsonReader::object(const std::string& key) {
  const Json* value = require(key);
  return {value == nullptr ? empty_object() : *value, path(key), error_};
}

std::optional<JsonReader> JsonReader::optional_object(const std::string& key) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  return JsonReader(*value, path(key), error_);
}

std::vector<JsonReader> JsonReader::objects(const std::string& key, std::size_t most) {
  const Json* values = list(key, most);
  if (values == nullptr) return {};
  return readers_of(key, *values);
}

std::vector<JsonReader> JsonReader::objects(const std::string& key) {
  const Json* values = require(key);
  if (values == nullptr) return {};
  if (!values->is_array()) return fail(key, "must be a list"), std::vector<JsonReader>();
  return readers_of(key, *values);
}

std::vector<JsonReader> JsonReader::readers_of(const std::string& key, const Json& values) {
  std::vector<JsonReader> readers;
  for (std::size_t i = 0; i < values.size(); ++i) {
    readers.push_back(JsonReader(values[i], fit::format("{}[{}]", path(key), i), error_));
  }
  return readers;
}

std::vector<std::pair<std::string, JsonReader>> JsonReader::named_objects(const std::string& key) {
  std::vector<std::pair<std::string, JsonReader>> readers;
  const Json* values = find(key);
  if (values == nullptr) return readers;
  if (!values->is_object()) return fail(key, "must be an object"), std::move(readers);
  for (const auto& [name, value] : values->items()) {
    readers.emplace_back(name, JsonReader(value, path(key) + "." + name, error_));
  }
  return readers;
}

const Json* JsonReader::find(const std::string& key) {
  asked_.insert(key);
  if (!ok()) return nullptr;
  const auto found = json_->find(key);
  return found == json_->end() || found->is_null() ? nullptr : &*found;
}

const Json* JsonReader::require(const std::string& key) {
  const Json* value = find(key);
  if (value == nullptr) fail(key, "is missing");
  return value;
}

const Json* JsonReader::list(const std::string& key, std::size_t most) {
  const Json* value = require(key);
  if (value == nullptr || (value->is_array() && !value->empty() && value->size() <= most)) return value;
  return fail(key, fit::format("must be a list of 1 to {}", most)), nullptr;
}

void JsonReader::fail(const std::string& key, std::string message) {
  if (ok()) *error_ = invalid(key.empty() ? path_ : path(key), std::move(message));
}

void JsonReader::reject_unknown_keys() {
  if (!ok()) return;
  for (const auto& [key, value] : json_->items()) {
    if (!asked_.contains(key)) return fail(key, "is not a known key");
  }
}

Result<void> JsonReader::result() const {
  if (!ok()) return **error_;
  return {};
}

Result<void> JsonReader::finish() {
  reject_unknown_keys();
  return result();
}

}  // namespace fit
