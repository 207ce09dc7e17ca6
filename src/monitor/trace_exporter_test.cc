#include "monitor/trace_exporter.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/json.h"
#include "net/test_server.h"

namespace fit::monitor {
namespace {

using net::TestServer;

TraceExporterOptions exporter_options(const std::string& endpoint, const std::string& headers = {}) {
  auto options = trace_exporter_options(endpoint, headers).value();
  options.source = {.service_name = "shop", .version = "1", .instance = "i"};
  options.period = std::chrono::hours(1);
  return options;
}

void trace_one(TraceExporter& exporter, const char* name) {
  RootSpan root = Tracer(exporter, 1).begin(name, SpanKind::kServer, "");
  root.set("n", std::int64_t{3});
  root.fail("broken");
  root.end();
}

TEST(TraceExporterOptions, AreRead) {
  const auto options = trace_exporter_options("https://otel.example/", "api-key=a%20b%25, x=1=2,");
  ASSERT_TRUE(options);
  EXPECT_EQ(options->endpoint, "https://otel.example");
  EXPECT_EQ(options->headers, (std::vector<std::string>{"api-key: a b%", "x: 1=2"}));
  EXPECT_EQ(trace_exporter_options("otel.example", "").error().field, "OTEL_EXPORTER_OTLP_ENDPOINT");
  EXPECT_EQ(trace_exporter_options("http://a", "novalue").error().field, "OTEL_EXPORTER_OTLP_HEADERS");
  EXPECT_EQ(trace_exporter_options("http://a", "a=b%0d%0ax").error().field, "OTEL_EXPORTER_OTLP_HEADERS");
}

TEST(TraceExporter, SendsWhatWaitsWhenItStops) {
  TestServer server([](const TestServer::Request&, TestServer::Connection& connection) {
    connection.send(
        TestServer::answer(200, R"({"partialSuccess":{"rejectedSpans":"1","errorMessage":"no"}})"));
  });
  Metrics metrics;
  TraceExporter exporter(exporter_options(server.url(""), "k=v"), metrics, Log::silent());
  exporter.start();
  trace_one(exporter, "one");
  trace_one(exporter, "two");
  exporter.stop();
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].target, "/v1/traces");
  EXPECT_EQ(requests[0].headers.at("content-type"), "application/json");
  EXPECT_EQ(requests[0].headers.at("k"), "v");
  const Json body = Json::parse(requests[0].body);
  const Json& of_resource = body["resourceSpans"][0];
  EXPECT_EQ(of_resource["resource"]["attributes"][0]["value"]["stringValue"], "shop");
  const Json& spans = of_resource["scopeSpans"][0]["spans"];
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0]["name"], "one");
  EXPECT_EQ(spans[0]["kind"], 2);
  EXPECT_EQ(spans[0]["traceId"].get<std::string>().size(), 32U);
  EXPECT_FALSE(spans[0].contains("parentSpanId"));
  EXPECT_EQ(spans[0]["attributes"][0]["value"]["intValue"], "3");
  EXPECT_EQ(spans[0]["status"]["code"], 2);
  EXPECT_TRUE(metrics.expose().contains("fit_trace_spans_sent_total 2\n"));
  EXPECT_TRUE(metrics.expose().contains("fit_trace_spans_dropped_total{reason=\"rejected\"} 1\n"));
}

TEST(TraceExporter, CountsWhatItDrops) {
  TestServer server([](const TestServer::Request&, TestServer::Connection& connection) {
    connection.send(TestServer::answer(400, "no"));
  });
  Metrics metrics;
  auto options = exporter_options(server.url(""));
  options.most_queued = 2;
  TraceExporter exporter(std::move(options), metrics, Log::silent());
  for (int i = 0; i < 5; ++i) trace_one(exporter, "one");  // nobody sends yet
  exporter.start();
  exporter.stop();
  EXPECT_TRUE(metrics.expose().contains("fit_trace_spans_dropped_total{reason=\"queue_full\"} 3\n"));
  EXPECT_TRUE(metrics.expose().contains("fit_trace_spans_dropped_total{reason=\"failed\"} 2\n"));
  EXPECT_TRUE(metrics.expose().contains("fit_trace_spans_sent_total 0\n"));
}

}  // namespace
}  // namespace fit::monitor
