#include "monitor/sentry.h"

#include <gtest/gtest.h>

#include <semaphore>
#include <sstream>

#include "base/json.h"
#include "monitor/scrub.h"
#include "net/test_server.h"

namespace fit::monitor {
namespace {

using net::TestServer;

TEST(SentryDsn, IsReadIntoTheAddressOfEnvelopes) {
  const auto dsn = SentryDsn::parse("SENTRY_DSN", "https://abc123@o1.ingest.sentry.example/4507");
  ASSERT_TRUE(dsn);
  EXPECT_EQ(dsn->url, "https://o1.ingest.sentry.example/api/4507/envelope/");
  EXPECT_EQ(dsn->public_key, "abc123");
  EXPECT_EQ(SentryDsn::parse("", "http://key:secret@host:9000/below/a/2")->url,
            "http://host:9000/below/a/api/2/envelope/");
  EXPECT_EQ(SentryDsn::parse("", "http://key:secret@host:9000/below/a/2")->public_key, "key");
  for (const char* const text :
       {"", "x", "https://host/1", "https://key@host", "https://key@host/", "ftp://key@host/1",
        "https://key@/1", "https://k y@host/1", "https://key@host/1?x=2"}) {
    const auto refused = SentryDsn::parse("SENTRY_DSN", text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().field, "SENTRY_DSN");
    EXPECT_FALSE(refused.error().message.contains("key@host")) << "the key is a credential";
  }
}

TEST(Scrub, MasksWhatMayBePersonalOrSecret) {
  const std::pair<const char*, const char*> cases[] = {
      {"no item 12 in space clip:1", "no item 12 in space clip:1"},
      {"mail to anna.b+x@shop.example failed", "mail to *** failed"},
      {"peer 192.0.2.7, then 10.0.0.1:8000.", "peer ***, then ***."},
      {"peer 2001:db8::1 at 12:34:56", "peer *** at 12:34:56"},
      {"Key (email)=(anna@shop.example) already exists", "Key (email)=(***) already exists"},
      {"password=hunter2 user=fit", "password=*** user=fit"},
      {"{\"api_key\": \"abc\", \"n\": 1}", "{\"api_key\": \"abc\", \"n\": 1}"},
      {"Authorization: Bearer abc.def", "Authorization: Bearer ***"},
      {"token:abc", "token:***"},
      {"fit_0123456789abcdef0123456789abcdef is unknown", "*** is unknown"},
      {"GET https://u:p@h.example/x?sig=1 failed", "GET https://***@h.example/x?*** failed"},
      {"open /var/lib/fit/images/ab/cd: no such file", "open /var/lib/fit/images/ab/cd: no such file"},
  };
  for (const auto& [text, shown] : cases) EXPECT_EQ(scrubbed(text), shown);
}

std::vector<Json> lines_of(const std::string& body) {
  std::vector<Json> lines;
  std::istringstream stream(body);
  for (std::string line; std::getline(stream, line);) lines.push_back(Json::parse(line));
  return lines;
}

TEST(Envelope, HasTheEventBehindItsLength) {
  ErrorReport report{
      .message = "request failed",
      .module = "http",
      .time = Timestamp(std::chrono::seconds(1'700'000'000)),
      .tags = {{"route", "/api/v1/search"}, {"request_id", "0123456789abcdef0123456789abcdef"}},
      .reason = "internal: for anna@shop.example",
      .trace = {.trace_high = 1, .trace_low = 2, .span = 3},
      .stack = {{.function = "inner", .module = "fit", .offset = 16}, {.module = "libc.so.6", .offset = 1}}};
  const std::string text = envelope({.release = "fit@1.2.3", .environment = "staging"}, report);
  EXPECT_FALSE(text.contains("anna"));
  const auto lines = lines_of(text);
  ASSERT_EQ(lines.size(), 3U);
  const Json& event = lines[2];
  EXPECT_EQ(lines[0]["event_id"], event["event_id"]);
  EXPECT_EQ(event["event_id"].get<std::string>().size(), 32U);
  EXPECT_EQ(lines[1]["length"], dump_json(event).size());
  EXPECT_EQ(event["release"], "fit@1.2.3");
  EXPECT_EQ(event["environment"], "staging");
  EXPECT_EQ(event["level"], "error");
  EXPECT_EQ(event["tags"]["request_id"], "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(event["contexts"]["trace"]["trace_id"], "00000000000000010000000000000002");
  const Json& exception = event["exception"]["values"][0];
  EXPECT_EQ(exception["value"], "internal: for ***");
  EXPECT_EQ(exception["stacktrace"]["frames"][1]["function"], "inner");
  EXPECT_EQ(exception["stacktrace"]["frames"][0]["package"], "libc.so.6");
}

TEST(Sentry, ReportsErrorsOfTheLogAndObeysTheServer) {
  std::counting_semaphore<> received{0};
  std::atomic<int> status{200};
  TestServer server([&](const TestServer::Request&, TestServer::Connection& connection) {
    connection.send(TestServer::answer(status, "{}", status == 429 ? "Retry-After: 600\r\n" : ""));
    received.release();
  });
  Metrics metrics;
  const Log log = Log::silent();
  const auto dsn = SentryDsn::parse("", "http://k@127.0.0.1:" + std::to_string(server.port()) + "/7").value();
  Sentry sentry({.dsn = dsn, .source = {.release = "fit@1", .environment = "test"}}, metrics, log);
  sentry.start();
  log.error("request failed", {{"status", 503}, {"error", "busy"}});
  log.warning("no error");
  log.error("request failed", {{"status", 500}, {"path", "/anna"}, {"error", "broken"}});
  received.acquire();
  status = 429;
  log.error("again");
  received.acquire();
  sentry.stop();
  log.error("unseen");
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].target, "/api/7/envelope/");
  EXPECT_TRUE(requests[0].headers.at("x-sentry-auth").contains("sentry_key=k"));
  const Json event = lines_of(requests[0].body).at(2);
  EXPECT_EQ(event["tags"], Json({{"status", "500"}}));
  EXPECT_FALSE(requests[0].body.contains("anna"));
  EXPECT_EQ(event["logger"], "monitor");
}

}  // namespace
}  // namespace fit::monitor
