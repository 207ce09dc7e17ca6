#include "base/json.h"

namespace fit {
namespace {

constexpr int kMaxDepth = 64;

}  // namespace

Result<Json> parse_json(std::string_view field, std::string_view text) {
  bool too_deep = false;
  const auto limit_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  try {
    Json value = Json::parse(text, limit_depth);
    if (too_deep) return malformed(std::string(field), "is nested too deeply");
    return value;
  } catch (const nlohmann::json::exception& error) {
    return Error{ErrorCode::kMalformed, "is not valid JSON", std::string(field), error.what()};
  }
}

std::string dump_json(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fit
