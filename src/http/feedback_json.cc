#include "http/feedback_json.h"

#include "base/json_reader.h"

namespace fit::http {

Json feedback_json(const style::Feedback& feedback) {
  Json json{{"id", feedback.id.str()},
            {"target", {{"kind", style::to_string(feedback.target.kind)}, {"id", feedback.target.id}}},
            {"signal", style::to_string(feedback.signal)},
            {"given_at", to_rfc3339(feedback.given_at)}};
  if (feedback.value) json["value"] = *feedback.value;
  if (!feedback.key.empty()) json["key"] = feedback.key;
  if (!feedback.context.empty()) {
    if (auto context = parse_json("context", feedback.context)) json["context"] = *std::move(context);
  }
  return json;
}

Result<style::NewFeedback> parse_feedback(const Json& body) {
  JsonReader reader(body);
  JsonReader target = reader.object("target");
  const std::string kind = target.text("kind");
  const std::string id = target.text("id");
  target.reject_unknown_keys();
  const std::string signal = reader.text("signal");
  style::NewFeedback given;
  if (const Json* const value = reader.find("value")) {
    if (value->is_number()) {
      given.value = value->get<double>();
    } else {
      reader.fail("value", "must be a number");
    }
  }
  if (const Json* const context = reader.find("context")) given.context = *context;
  given.key = reader.optional_text("key");
  FIT_CHECK(reader.finish());
  FIT_TRY(given.target, style::parse_target(kind, id));
  FIT_TRY(given.signal, style::parse_signal(signal));
  FIT_CHECK(style::check_feedback(given));
  return given;
}

}  // namespace fit::http
