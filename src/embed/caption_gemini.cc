#include "base/base64.h"
#include "base/format.h"
#include "base/percent_encoding.h"
#include "base/text.h"
#include "embed/caption.h"
#include "embed/caption_prompt.h"

namespace fit::embed {
namespace {

constexpr SchemaTypes kGeminiTypes = {"OBJECT", "ARRAY", "STRING", "NUMBER"};

// The reason for which the model was stopped or has not begun; empty when it has ended by itself.
std::string stop_reason(const Json& response, const Json* candidate) {
  if (const auto feedback = response.find("promptFeedback"); feedback != response.end()) {
    if (feedback->is_object() && feedback->contains("blockReason"))
      return dump_json((*feedback)["blockReason"]);
  }
  if (candidate == nullptr) return {};
  const std::string text = json_text(*candidate, "finishReason");
  constexpr std::array<std::string_view, 5> kRefusals = {"SAFETY", "RECITATION", "BLOCKLIST",
                                                         "PROHIBITED_CONTENT", "IMAGE_SAFETY"};
  return std::ranges::contains(kRefusals, text) ? text : std::string();
}

// The text of all parts of the candidate.
std::string candidate_text(const Json& candidate) {
  std::string text;
  const auto content = candidate.find("content");
  if (content == candidate.end() || !content->is_object()) return text;
  const auto parts = content->find("parts");
  if (parts == content->end() || !parts->is_array()) return text;
  for (const Json& part : *parts) {
    text += json_text(part, "text");
  }
  return text;
}

class GeminiCaptions final : public CaptionProtocol {
 public:
  GeminiCaptions(CaptionServer server, std::vector<CaptionField> fields)
      : server_(std::move(server)),
        fields_(std::move(fields)),
        schema_(caption_schema(fields_, kGeminiTypes)) {
    schema_["propertyOrdering"] = schema_["required"];
  }

  Request request(const CaptionPicture& picture) const override {
    Json parts = Json::array();
    parts.push_back({{"text", kCaptionQuestion}});
    parts.push_back(
        {{"inlineData", {{"mimeType", picture.media_type}, {"data", encode_base64(picture.file)}}}});
    Json contents = Json::array();
    contents.push_back({{"role", "user"}, {"parts", std::move(parts)}});
    Json instructions = Json::array();
    instructions.push_back({{"text", kCaptionInstructions}});
    const Json body{
        {"systemInstruction", {{"parts", std::move(instructions)}}},
        {"contents", std::move(contents)},
        {"generationConfig", {{"responseMimeType", "application/json"}, {"responseSchema", schema_}}}};
    Request request{
        .url = fit::format("{}/models/{}:generateContent", server_.base_url, percent_encode(server_.model)),
        .headers = {},
        .body = dump_json(body)};
    if (!server_.key.empty()) request.headers.push_back("x-goog-api-key: " + server_.key);
    return request;
  }

  Result<Caption> read(std::string_view body) const override {
    FIT_TRY(const Json response, caption_response(body));
    const auto candidates = response.find("candidates");
    const bool has_candidate = candidates != response.end() && candidates->is_array() &&
                               !candidates->empty() && candidates->at(0).is_object();
    const Json* const candidate = has_candidate ? &candidates->at(0) : nullptr;
    if (std::string reason = stop_reason(response, candidate); !reason.empty()) {
      return refused_picture(std::move(reason));
    }
    if (candidate == nullptr) return unusable_caption("no candidates");
    FIT_TRY(Caption caption, read_caption(candidate_text(*candidate), fields_));
    caption.model_version = utf8_prefix(json_text(response, "modelVersion"), kMaxCaptionValueBytes);
    return caption;
  }

 private:
  const CaptionServer server_;
  const std::vector<CaptionField> fields_;
  Json schema_;
};

}  // namespace

std::unique_ptr<CaptionProtocol> gemini_captions(CaptionServer server, std::vector<CaptionField> fields) {
  return std::make_unique<GeminiCaptions>(std::move(server), std::move(fields));
}

}  // namespace fit::embed
