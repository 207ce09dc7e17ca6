#include "base/base64.h"
#include "base/format.h"
#include "base/text.h"
#include "embed/caption.h"
#include "embed/caption_prompt.h"

namespace fit::embed {
namespace {

constexpr SchemaTypes kOpenaiTypes = {"object", "array", "string", "number"};

class OpenaiCaptions final : public CaptionProtocol {
 public:
  OpenaiCaptions(CaptionServer server, std::vector<CaptionField> fields)
      : server_(std::move(server)), fields_(std::move(fields)) {
    schema_ = caption_schema(fields_, kOpenaiTypes);
    schema_["additionalProperties"] = false;
  }

  Request request(const CaptionPicture& picture) const override {
    const std::string url = fit::format("data:{};base64,{}", picture.media_type, encode_base64(picture.file));
    Json content = Json::array();
    content.push_back({{"type", "text"}, {"text", kCaptionQuestion}});
    content.push_back({{"type", "image_url"}, {"image_url", {{"url", url}, {"detail", "low"}}}});
    Json messages = Json::array();
    messages.push_back({{"role", "system"}, {"content", kCaptionInstructions}});
    messages.push_back({{"role", "user"}, {"content", std::move(content)}});
    const Json body{{"model", server_.model},
                    {"messages", std::move(messages)},
                    {"response_format",
                     {{"type", "json_schema"},
                      {"json_schema", {{"name", "garment"}, {"strict", true}, {"schema", schema_}}}}}};
    Request request{.url = server_.base_url + "/chat/completions", .headers = {}, .body = dump_json(body)};
    if (!server_.key.empty()) request.headers.push_back("Authorization: Bearer " + server_.key);
    return request;
  }

  Result<Caption> read(std::string_view body) const override {
    FIT_TRY(const Json response, caption_response(body));
    const auto choices = response.find("choices");
    if (choices == response.end() || !choices->is_array() || choices->empty() ||
        !choices->at(0).is_object()) {
      return unusable_caption("no choices");
    }
    const Json& choice = choices->at(0);
    const auto message = choice.find("message");
    if (message == choice.end() || !message->is_object()) return unusable_caption("no message");
    if (const auto refusal = message->find("refusal"); refusal != message->end() && refusal->is_string()) {
      return refused_picture(refusal->get<std::string>());
    }
    if (json_text(choice, "finish_reason") == "content_filter") return refused_picture("content_filter");
    const auto content = message->find("content");
    if (content == message->end() || !content->is_string()) return unusable_caption("no content");
    FIT_TRY(Caption caption, read_caption(content->get<std::string>(), fields_));
    caption.model_version = utf8_prefix(json_text(response, "model"), kMaxCaptionValueBytes);
    return caption;
  }

 private:
  const CaptionServer server_;
  const std::vector<CaptionField> fields_;
  Json schema_;
};

}  // namespace

std::unique_ptr<CaptionProtocol> openai_captions(CaptionServer server, std::vector<CaptionField> fields) {
  return std::make_unique<OpenaiCaptions>(std::move(server), std::move(fields));
}

}  // namespace fit::embed
