#include "base/json.h"

#include <simdjson.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "base/format.h"

namespace fit {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr int kMaxDepth = 64;

// Builds a Json value from a document that simdjson parses in one forward pass.
class JsonBuilder {
 public:
  JsonBuilder(std::string_view field, const JsonLimits& limits) : field_(field), limits_(limits) {}

  Result<Json> build(std::string_view text) {
    const simdjson::padded_string padded(text);
    ondemand::parser parser(simdjson::SIMDJSON_MAXSIZE_BYTES);
    ondemand::document document;
    if (const auto error = parser.iterate(padded).get(document)) return not_json(error);
    FIT_TRY(Json value, any(document, 0));
    if (!document.at_end()) return not_json(simdjson::TRAILING_CONTENT);
    return value;
  }

 private:
  using Members = std::vector<std::pair<std::string, Json>>;

  Error not_json(simdjson::error_code code) const {
    return {ErrorCode::kMalformed, "is not valid JSON", field_, simdjson::error_message(code)};
  }
  Error too_many(std::size_t limit, std::string_view what) const {
    return {ErrorCode::kTooLarge, fit::format("has more than {} {}", limit, what), field_, {}};
  }

  // `value` is a document or a value in it.
  Result<Json> any(auto& value, int depth) {
    if (++values_ > limits_.values) return too_many(limits_.values, "values");
    ondemand::json_type type{};
    if (const auto error = value.type().get(type)) return not_json(error);
    switch (type) {
      case ondemand::json_type::object:
        return object(value, depth + 1);
      case ondemand::json_type::array:
        return list(value, depth + 1);
      case ondemand::json_type::number:
        return number(value);
      case ondemand::json_type::string: {
        std::string_view text;
        if (const auto error = value.get_string().get(text)) return not_json(error);
        return Json(text);
      }
      case ondemand::json_type::boolean: {
        bool flag = false;
        if (const auto error = value.get_bool().get(flag)) return not_json(error);
        return Json(flag);
      }
      case ondemand::json_type::null: {
        bool is_null = false;
        if (const auto error = value.is_null().get(is_null); error || !is_null) return not_json(error);
        return Json();
      }
    }
    return not_json(simdjson::TAPE_ERROR);
  }

  // An integer that fits no integer type becomes a floating-point number.
  Result<Json> number(auto& value) const {
    ondemand::number_type type{};
    if (const auto error = value.get_number_type().get(type)) return not_json(error);
    if (type == ondemand::number_type::unsigned_integer) {
      std::uint64_t whole = 0;
      if (const auto error = value.get_uint64().get(whole)) return not_json(error);
      return Json(whole);
    }
    if (type == ondemand::number_type::signed_integer) {
      std::int64_t whole = 0;
      if (const auto error = value.get_int64().get(whole)) return not_json(error);
      return whole < 0 ? Json(whole) : Json(static_cast<std::uint64_t>(whole));
    }
    double real = 0;
    if (const auto error = value.get_double().get(real)) return not_json(error);
    return Json(real);
  }

  Result<Json> list(auto& value, int depth) {
    if (depth > kMaxDepth) return malformed(field_, "is nested too deeply");
    ondemand::array array;
    if (const auto error = value.get_array().get(array)) return not_json(error);
    Json result = Json::array();
    auto& elements = result.get_ref<Json::array_t&>();
    for (auto element : array) {
      ondemand::value inner;
      if (const auto error = element.get(inner)) return not_json(error);
      FIT_TRY(Json one, any(inner, depth));
      elements.push_back(std::move(one));
    }
    return result;
  }

  Result<Json> object(auto& value, int depth) {
    if (depth > kMaxDepth) return malformed(field_, "is nested too deeply");
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) return not_json(error);
    Members members;
    for (auto member : object) {
      if (members.size() == limits_.members) return too_many(limits_.members, "members in one object");
      std::string_view name;
      if (const auto error = member.unescaped_key().get(name)) return not_json(error);
      std::string key(name);
      ondemand::value inner;
      if (const auto error = member.value().get(inner)) return not_json(error);
      FIT_TRY(Json one, any(inner, depth));
      members.emplace_back(std::move(key), std::move(one));
    }
    return object_of(std::move(members));
  }

  // Keeps each name at its first place with its last value. Names are compared by sorting, so that repeated
  // or chosen names cannot make this slow; the vector below the Json object is filled directly, without its
  // search for each name.
  static Json object_of(Members members) {
    std::vector<std::size_t> order(members.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, {},
                      [&](std::size_t i) { return std::pair(std::string_view(members[i].first), i); });
    std::vector<bool> is_repeated(members.size());
    std::size_t first = 0;
    for (std::size_t k = 1; k < order.size(); ++k) {
      if (members[order[k]].first == members[order[first]].first) {
        members[order[first]].second = std::move(members[order[k]].second);
        is_repeated[order[k]] = true;
      } else {
        first = k;
      }
    }
    Json result = Json::object();
    std::vector<Json::object_t::value_type>& object = result.get_ref<Json::object_t&>();
    object.reserve(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (!is_repeated[i]) object.emplace_back(std::move(members[i].first), std::move(members[i].second));
    }
    return result;
  }

  const std::string field_;
  const JsonLimits limits_;
  std::size_t values_ = 0;
};

}  // namespace

Result<Json> parse_json(std::string_view field, std::string_view text, const JsonLimits& limits) {
  return JsonBuilder(field, limits).build(text);
}

std::string json_text(const Json& object, const std::string& name) {
  const auto found = object.find(name);  // the end for a value that is no object
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t json_number(const Json& object, const std::string& name, std::int64_t fallback) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return fallback;
  const bool is_too_large =
      found->is_number_unsigned() && !std::in_range<std::int64_t>(found->get<std::uint64_t>());
  return is_too_large ? fallback : found->get<std::int64_t>();
}

std::string dump_json(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fit
