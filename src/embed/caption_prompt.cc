#include "embed/caption_prompt.h"

#include "base/json.h"
#include "base/text.h"

namespace fit::embed {
namespace {

constexpr std::size_t kMaxReasonBytes = 300;

Json text_schema(const SchemaTypes& types) {
  return {{"type", types.string}};
}

}  // namespace

Json caption_schema(const std::vector<CaptionField>& fields, const SchemaTypes& types) {
  Json properties{{"title", text_schema(types)}, {"description", text_schema(types)}};
  for (const CaptionField& field : fields) {
    Json values = Json::array();
    for (const std::string& value : field.values) values.push_back(value);
    values.push_back(kUnknownValue);
    properties[field.name] = {{"type", types.string}, {"enum", std::move(values)}};
  }
  properties["tags"] = {{"type", types.array}, {"items", text_schema(types)}};
  properties["confidence"] = {{"type", types.number}};
  Json required = Json::array();
  for (const auto& [name, schema] : properties.items()) required.push_back(name);
  return {{"type", types.object}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}

Result<Json> caption_response(std::string_view body) {
  auto json = parse_json("body", body);
  if (!json) return unusable_caption("no JSON: " + json.error().message);
  if (!json->is_object()) return unusable_caption("no JSON object");
  return json;
}

Error unusable_caption(std::string what) {
  return {
      ErrorCode::kBadGateway, "the provider of captions returned an unusable answer", {}, std::move(what)};
}

Error refused_picture(std::string reason) {
  return {ErrorCode::kInvalid,
          "the provider of captions refuses the picture",
          {},
          std::string(utf8_prefix(reason, kMaxReasonBytes))};
}

}  // namespace fit::embed
