#include "monitor/trace_json.h"

#include "base/json.h"

namespace fit::monitor {
namespace {

constexpr int kStatusError = 2;
constexpr int kFlagSampled = 1;

// JSON has no 64-bit integers, so OTLP writes them as texts.
std::string nanoseconds(std::chrono::system_clock::time_point time) {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

struct ValueJson {
  Json operator()(const std::string& text) const { return {{"stringValue", text}}; }
  Json operator()(std::int64_t number) const { return {{"intValue", std::to_string(number)}}; }
  Json operator()(double number) const { return {{"doubleValue", number}}; }
  Json operator()(bool is_true) const { return {{"boolValue", is_true}}; }
};

Json attribute(const std::string& name, const SpanValue& value) {
  return {{"key", name}, {"value", std::visit(ValueJson{}, value)}};
}

Json span_json(const SpanRecord& span) {
  Json json = {{"traceId", span.context.trace_id()},
               {"spanId", span.context.span_id()},
               {"flags", kFlagSampled},
               {"name", span.name},
               {"kind", static_cast<int>(span.kind)},
               {"startTimeUnixNano", nanoseconds(span.start)},
               {"endTimeUnixNano", nanoseconds(span.end)}};
  if (span.parent != 0) json["parentSpanId"] = TraceContext{.span = span.parent}.span_id();
  Json attributes = Json::array();
  for (const auto& [name, value] : span.attributes) attributes.push_back(attribute(name, value));
  json["attributes"] = std::move(attributes);
  if (!span.links.empty()) {
    Json links = Json::array();
    for (const TraceContext& link : span.links) {
      links.push_back({{"traceId", link.trace_id()}, {"spanId", link.span_id()}});
    }
    json["links"] = std::move(links);
  }
  if (span.has_failed) json["status"] = {{"code", kStatusError}, {"message", span.error}};
  return json;
}

}  // namespace

std::string trace_json(const TraceSource& source, std::span<const SpanRecord> spans) {
  Json resource = Json::array();
  resource.push_back(attribute("service.name", source.service_name));
  resource.push_back(attribute("service.version", source.version));
  resource.push_back(attribute("service.instance.id", source.instance));
  Json list = Json::array();
  for (const SpanRecord& span : spans) list.push_back(span_json(span));
  Json scope = {{"scope", {{"name", "fit"}, {"version", source.version}}}, {"spans", std::move(list)}};
  Json of_resource = {{"resource", {{"attributes", std::move(resource)}}},
                      {"scopeSpans", Json::array({std::move(scope)})}};
  return dump_json({{"resourceSpans", Json::array({std::move(of_resource)})}});
}

}  // namespace fit::monitor
