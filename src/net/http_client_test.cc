#include "net/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "base/format.h"
#include "base/test_spans.h"
#include "net/test_server.h"

namespace fit::net {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

struct Sleeps {
  std::vector<milliseconds> waits;
  HttpClient::Options options(bool allow_private = true) {
    HttpClient::Options result;
    result.allow_private_addresses = allow_private;
    result.sleep = [this](milliseconds time) { waits.push_back(time); };
    return result;
  }
};

HttpLimits no_retries() {
  HttpLimits limits;
  limits.retries = 0;
  return limits;
}

std::string_view text_of(const HttpResponse& response) {
  return as_text(response.body);
}

TEST(HttpClient, FetchesABody) {
  TestServer server([](const auto&, auto& connection) {
    connection.send(TestServer::answer(200, "hello", "Content-Type: image/jpeg\r\n"));
  });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  const auto response = client.get("image_url", server.url("/a b?x=ü"));
  ASSERT_TRUE(response) << response.error().describe();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(text_of(*response), "hello");
  EXPECT_EQ(response->content_type, "image/jpeg");
  EXPECT_EQ(server.requests().at(0).target, "/a%20b?x=%c3%bc");
  EXPECT_EQ(server.requests().at(0).headers.at("user-agent"), "FindThisFit/0.1");
}

TEST(HttpClient, PassesTheTraceOn) {
  TestServer server([](const auto&, auto& connection) { connection.send(TestServer::answer(404, "no")); });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  EXPECT_FALSE(client.get("url", server.url("/")));
  KeptSpans spans;
  {
    const WorkScope scope(Tracer(spans, 1).begin("work", SpanKind::kServer, "").work());
    EXPECT_FALSE(client.get("url", server.url("/secret-path")));
  }
  EXPECT_FALSE(server.requests().at(0).headers.contains("traceparent"));
  ASSERT_EQ(spans.records.size(), 1U);
  const SpanRecord& span = spans.records.front();
  EXPECT_EQ(server.requests().at(1).headers.at("traceparent"), span.context.traceparent());
  EXPECT_EQ(span.name, "GET");
  EXPECT_EQ(span.kind, SpanKind::kClient);
  EXPECT_EQ(span.error, "not_found");
  for (const auto& [name, value] : span.attributes) {
    const auto* const text = std::get_if<std::string>(&value);
    EXPECT_FALSE(text != nullptr && text->contains("secret")) << name;
  }
}

TEST(HttpClient, AsksWhetherAResourceHasChanged) {
  TestServer server([](const TestServer::Request& request, auto& connection) {
    const auto known = request.headers.find("if-none-match");
    if (known != request.headers.end() && known->second == "\"1\"")
      return (void)connection.send(TestServer::answer(304, ""));
    connection.send(TestServer::answer(200, "hello", "ETag: \"1\"\r\nLast-Modified: yesterday\r\n"));
  });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  const auto first = client.get("image_url", server.url("/"));
  ASSERT_TRUE(first) << first.error().describe();
  EXPECT_EQ(first->validators, (HttpValidators{.etag = "\"1\"", .last_modified = "yesterday"}));
  const HttpClient::Get again{.url = server.url("/"), .known = first->validators};
  const auto second = client.get("image_url", again, {});
  ASSERT_TRUE(second) << second.error().describe();
  EXPECT_EQ(second->status, 304);
  EXPECT_TRUE(second->body.empty());
  EXPECT_EQ(server.requests().back().headers.at("if-modified-since"), "yesterday");
}

TEST(HttpClient, AcceptsAnEmptyBody) {
  TestServer server([](const auto&, auto& connection) { connection.send(TestServer::answer(200, "")); });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  const auto response = client.get("image_url", server.url("/"));
  ASSERT_TRUE(response);
  EXPECT_TRUE(response->body.empty());
}

TEST(HttpClient, FollowsRedirects) {
  TestServer server([](const auto& request, auto& connection) {
    if (request.target == "/end") return (void)connection.send(TestServer::answer(200, "there"));
    connection.send(TestServer::answer(request.target == "/a" ? 301 : 307, "moved",
                                       request.target == "/a" ? "Location: b\r\n" : "Location: /end\r\n"));
  });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  const auto response = client.get("image_url", server.url("/a"));
  ASSERT_TRUE(response);
  EXPECT_EQ(text_of(*response), "there");
  EXPECT_EQ(response->final_url, server.url("/end"));
}

TEST(HttpClient, StopsAtTooManyRedirects) {
  TestServer server([](const auto&, auto& connection) {
    connection.send(TestServer::answer(302, "", "Location: /again\r\n"));
  });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  const auto response = client.get("image_url", server.url("/"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kBadGateway);
  EXPECT_EQ(server.requests().size(), 6u);
}

TEST(HttpClient, RejectsRedirectsToOtherSchemes) {
  for (const char* target : {"file:///etc/passwd", "gopher://x/", "ftp://x/"}) {
    TestServer server([target](const auto&, auto& connection) {
      connection.send(TestServer::answer(302, "", fit::format("Location: {}\r\n", target)));
    });
    Sleeps sleeps;
    HttpClient client(sleeps.options());
    const auto response = client.get("image_url", server.url("/"));
    ASSERT_FALSE(response) << target;
    EXPECT_EQ(response.error().code, ErrorCode::kInvalid) << target;
  }
}

TEST(HttpClient, RejectsInvalidUrls) {
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  for (const std::string& url :
       {std::string("file:///etc/passwd"), std::string("ftp://example.com/"),
        std::string("javascript:alert(1)"), std::string(), std::string("http://"), std::string("/path"),
        std::string("http://[::1"), "http://example.com/" + std::string(9000, 'a')}) {
    const auto response = client.get("image_url", url);
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().code, ErrorCode::kInvalid) << url;
    EXPECT_EQ(response.error().field, "image_url");
  }
}

TEST(HttpClient, RejectsLoopbackUnlessAllowed) {
  TestServer server(
      [](const auto&, auto& connection) { connection.send(TestServer::answer(200, "secret")); });
  Sleeps sleeps;
  HttpClient client(sleeps.options(false));
  const std::string port = std::to_string(server.port());
  for (const char* host : {"127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1",
                           "0.0.0.0", "[::ffff:127.0.0.1]", "[::1]", "[64:ff9b::7f00:1]"}) {
    const auto response = client.get("image_url", fit::format("http://{}:{}/", host, port));
    ASSERT_FALSE(response) << host;
    EXPECT_EQ(response.error().code, ErrorCode::kInvalid) << host;
    EXPECT_EQ(response.error().field, "image_url") << host;
  }
  EXPECT_TRUE(server.requests().empty());
  EXPECT_TRUE(sleeps.waits.empty());
}

// The server acts as a proxy, so that a "public" host can respond with a redirect.
class BehindProxy : public ::testing::Test {
 protected:
  std::unique_ptr<HttpClient> client(int port, const std::string& no_proxy) {
    ::setenv("http_proxy", fit::format("http://127.0.0.1:{}", port).c_str(), 1);
    ::setenv("no_proxy", no_proxy.c_str(), 1);
    auto made = std::make_unique<HttpClient>(sleeps_.options(false));
    ::unsetenv("http_proxy");
    ::unsetenv("no_proxy");
    return made;
  }
  Sleeps sleeps_;
};

TEST_F(BehindProxy, ProxyMayBePrivate) {
  TestServer server(
      [](const auto&, auto& connection) { connection.send(TestServer::answer(200, "through")); });
  const auto response = client(server.port(), "")->get("image_url", "http://shop.example/a.jpg");
  ASSERT_TRUE(response) << response.error().describe();
  EXPECT_EQ(text_of(*response), "through");
  EXPECT_EQ(server.requests().at(0).target, "http://shop.example/a.jpg");
}

TEST_F(BehindProxy, RejectsPrivateHostsByName) {
  TestServer server(
      [](const auto&, auto& connection) { connection.send(TestServer::answer(200, "secret")); });
  const auto guarded = client(server.port(), "");
  for (const char* host : {"169.254.169.254", "10.0.0.1", "localhost", "LOCALHOST.", "a.localhost",
                           "metadata.internal", "[::1]"}) {
    const auto response = guarded->get("image_url", fit::format("http://{}/", host));
    ASSERT_FALSE(response) << host;
    EXPECT_EQ(response.error().code, ErrorCode::kInvalid) << host;
  }
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(BehindProxy, RejectsRedirectsToPrivateAddresses) {
  std::string location = "http://169.254.169.254/latest/meta-data/";
  TestServer server([&](const auto&, auto& connection) {
    connection.send(TestServer::answer(302, "", "Location: " + location + "\r\n"));
  });
  const auto guarded = client(server.port(), "127.0.0.1,localhost");
  auto response = guarded->get("image_url", "http://shop.example/a.jpg");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kInvalid);
  for (const char* host :
       {"127.0.0.1", "localhost"}) {  // connected without the proxy, and refused when the socket is opened
    location = fit::format("http://{}:{}/", host, server.port());
    response = guarded->get("image_url", "http://shop.example/a.jpg");
    ASSERT_FALSE(response) << host;
    EXPECT_EQ(response.error().code, ErrorCode::kInvalid) << host;
  }
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST(HttpClient, EnforcesTheTimeLimit) {
  TestServer server([](const auto& request, auto& connection) {
    if (request.target == "/body") connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    connection.hang();
  });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  HttpLimits limits;
  limits.total_timeout = milliseconds(100);
  limits.retries = 1;
  for (const char* path : {"/head", "/body"}) {
    const auto response = client.get("image_url", server.url(path), limits);
    ASSERT_FALSE(response) << path;
    EXPECT_EQ(response.error().code, ErrorCode::kDeadlineExceeded) << path;
    EXPECT_EQ(response.error().field, "image_url");
  }
  EXPECT_EQ(server.requests().size(), 2u) << "the time is that of all attempts";
}

TEST(HttpClient, ARetryThatWouldComeTooLateIsNotWaitedFor) {
  TestServer server([](const auto&, auto& connection) { connection.send(TestServer::answer(503, "")); });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  HttpLimits limits;
  limits.total_timeout = milliseconds(120);  // less than the shortest first wait
  ASSERT_FALSE(client.get("image_url", server.url("/"), limits));
  EXPECT_TRUE(sleeps.waits.empty());
}

TEST(HttpClient, AStopEndsATransferAndTheWaitForAnotherAttempt) {
  std::stop_source stop;
  TestServer server([&](const auto& request, auto& connection) {
    if (request.target == "/hangs") {
      stop.request_stop();
      connection.hang();
    }
    connection.send(TestServer::answer(503, "", "Retry-After: 20\r\n"));
    stop.request_stop();
  });
  HttpClient client({.allow_private_addresses = true});
  for (const char* path : {"/hangs", "/busy"}) {
    stop = {};
    HttpLimits limits;
    limits.stop = stop.get_token();
    const auto response = client.get("image_url", server.url(path), limits);
    ASSERT_FALSE(response) << path;
  }
  HttpLimits limits;
  limits.stop = stop.get_token();
  EXPECT_EQ(client.get("image_url", server.url("/hangs"), limits).error().code, ErrorCode::kCancelled);
}

TEST(HttpClient, StopsAtTheSizeLimit) {
  std::atomic<std::uint64_t> sent = 0;
  TestServer server([&](const auto& request, auto& connection) {
    if (request.target == "/told")
      return (void)connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n");
    connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    const std::string block(1 << 16, 'x');
    while (sent < (1u << 30) && connection.send(block)) sent += block.size();
  });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  HttpLimits limits;
  limits.max_bytes = 1000;
  for (const char* path : {"/told", "/endless"}) {
    const auto response = client.get("image_url", server.url(path), limits);
    ASSERT_FALSE(response) << path;
    EXPECT_EQ(response.error().code, ErrorCode::kTooLarge) << path;
    EXPECT_EQ(response.error().field, "image_url");
  }
  EXPECT_LT(sent, 64u << 20);
  EXPECT_TRUE(sleeps.waits.empty());
}

TEST(HttpClient, AcceptsABodyOfExactlyTheLimit) {
  TestServer server([](const auto&, auto& connection) {
    connection.send(TestServer::answer(200, std::string(1000, 'x')));
  });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  HttpLimits limits;
  limits.max_bytes = 1000;
  ASSERT_TRUE(client.get("image_url", server.url("/"), limits));
  limits.max_bytes = 999;
  ASSERT_FALSE(client.get("image_url", server.url("/"), limits));
}

TEST(HttpClient, TruncatedBodyIsAnErrorAfterRetries) {
  TestServer server([](const auto&, auto& connection) {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
  });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  const auto response = client.get("image_url", server.url("/"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kBadGateway);
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST(HttpClient, NotHttpIsAnError) {
  TestServer server([](const auto&, auto& connection) { connection.send("SSH-2.0-OpenSSH\r\n"); });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  const auto response = client.get("image_url", server.url("/"), no_retries());
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kBadGateway);
}

TEST(HttpClient, MissingPagesAreNotRetried) {
  for (const int status : {404, 410}) {
    TestServer server(
        [status](const auto&, auto& connection) { connection.send(TestServer::answer(status, "no")); });
    Sleeps sleeps;
    HttpClient client(sleeps.options());
    const auto response = client.get("image_url", server.url("/"));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kNotFound);
    EXPECT_EQ(server.requests().size(), 1u);
  }
}

TEST(HttpClient, ClientErrorsAreNotRetried) {
  TestServer server([](const auto&, auto& connection) { connection.send(TestServer::answer(403, "no")); });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  const auto response = client.get("image_url", server.url("/"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kBadGateway);
  EXPECT_THAT(response.error().message, HasSubstr("403"));
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST(HttpClient, RetriesServerErrorsWithBackoff) {
  std::atomic<int> calls = 0;
  TestServer server([&](const auto&, auto& connection) {
    connection.send(TestServer::answer(++calls < 3 ? 500 + calls : 200, "body"));
  });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  const auto response = client.get("image_url", server.url("/"));
  ASSERT_TRUE(response);
  EXPECT_EQ(text_of(*response), "body");
  ASSERT_EQ(sleeps.waits.size(), 2u);
  EXPECT_GE(sleeps.waits[0], milliseconds(125));
  EXPECT_LE(sleeps.waits[0], milliseconds(250));
  EXPECT_GE(sleeps.waits[1], milliseconds(250));
  EXPECT_LE(sleeps.waits[1], milliseconds(500));
}

TEST(HttpClient, HonoursRetryAfter) {
  std::atomic<int> calls = 0;
  TestServer server([&](const auto&, auto& connection) {
    connection.send(TestServer::answer(++calls == 1 ? 429 : 200, "", "Retry-After: 7\r\n"));
  });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  ASSERT_TRUE(client.get("image_url", server.url("/")));
  EXPECT_EQ(sleeps.waits, std::vector<milliseconds>{milliseconds(7000)});
}

TEST(HttpClient, DoesNotWaitForAFarRetryAfter) {
  TestServer server([](const auto&, auto& connection) {
    connection.send(TestServer::answer(503, "", "Retry-After: 86400\r\n"));
  });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  ASSERT_FALSE(client.get("image_url", server.url("/")));
  EXPECT_TRUE(sleeps.waits.empty());
}

TEST(HttpClient, ConnectionRefusedIsRetriedThenReported) {
  int port = 0;
  {
    port = TestServer([](const auto&, auto&) {}).port();
  }
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  const auto response = client.get("image_url", fit::format("http://127.0.0.1:{}/", port));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kBadGateway);
  EXPECT_EQ(sleeps.waits.size(), 2u);
}

TEST(HttpClient, HugeErrorPagesAndHeadersAreBounded) {
  TestServer server([](const auto& request, auto& connection) {
    if (request.target == "/headers") {
      connection.send("HTTP/1.1 200 OK\r\n");
      for (int i = 0; i < 100000 && connection.send(fit::format("X-{}: {}\r\n", i, std::string(1000, 'h')));
           ++i) {
      }
      return;
    }
    connection.send("HTTP/1.1 403 No\r\nConnection: close\r\n\r\n");
    const std::string block(1 << 16, 'x');
    for (int i = 0; i < 10000 && connection.send(block); ++i) {
    }
  });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  for (const char* path : {"/headers", "/page"}) {
    const auto response = client.get("image_url", server.url(path), no_retries());
    ASSERT_FALSE(response) << path;
    EXPECT_EQ(response.error().code, ErrorCode::kBadGateway) << path;
  }
}

TEST(HttpClient, FetchesConcurrently) {
  TestServer server([](const auto& request, auto& connection) {
    connection.send(TestServer::answer(200, request.target));
  });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const std::string path = fit::format("/{}/{}", t, i);
        const auto response = client.get("image_url", server.url(path));
        if (response && text_of(*response) == path) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 80);
}

TEST(HttpClient, PostsABody) {
  TestServer server([](const auto& request, auto& connection) {
    connection.send(TestServer::answer(200, request.body + "!"));
  });
  HttpClient client({.allow_private_addresses = true});
  const std::string body(100'000, 'x');
  const auto response =
      client.post("f", {.url = server.url("/p"), .body = body, .headers = {"X-Mine: 1"}}, no_retries());
  ASSERT_TRUE(response) << response.error().describe();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(text_of(*response), body + "!");
  EXPECT_EQ(server.requests().at(0).method, "POST");
  EXPECT_EQ(server.requests().at(0).headers.at("x-mine"), "1");
}

TEST(HttpClient, PostReturnsAnyStatusWithoutRetries) {
  TestServer server([](const auto&, auto& connection) {
    connection.send(TestServer::answer(429, "slow down", "Retry-After: 7\r\n"));
  });
  HttpClient client({.allow_private_addresses = true});
  const auto response = client.post("f", {.url = server.url("/"), .body = "{}"}, {});
  ASSERT_TRUE(response) << response.error().describe();
  EXPECT_EQ(response->status, 429);
  EXPECT_EQ(response->retry_after, std::chrono::seconds(7));
  EXPECT_TRUE(response->body.empty());
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(HttpClient, PostEnforcesLimitsAndFollowsNoRedirects) {
  TestServer server([](const auto& request, auto& connection) {
    connection.send(request.target == "/large" ? TestServer::answer(200, std::string(1000, 'x'))
                                               : TestServer::answer(307, "", "Location: /large\r\n"));
  });
  HttpClient client({.allow_private_addresses = true});
  HttpLimits limits = no_retries();
  limits.max_bytes = 999;
  const auto large = client.post("f", {.url = server.url("/large"), .body = ""}, limits);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::kTooLarge);
  EXPECT_FALSE(client.post("f", {.url = server.url("/"), .body = ""}, no_retries()));
  EXPECT_EQ(server.requests().size(), 2U);
  HttpClient guarded(HttpClient::Options{});
  const auto refused = guarded.post("f", {.url = server.url("/"), .body = ""}, no_retries());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
}

TEST(HttpClient, SendsAnyMethodAndReturnsAnyStatusWithItsBody) {
  TestServer server([](const auto& request, auto& connection) {
    if (request.method == "HEAD") {
      connection.send("HTTP/1.1 200 Test\r\nContent-Length: 5000000000\r\nConnection: close\r\n\r\n");
      return;
    }
    const int status = request.method == "DELETE" ? 404 : request.method == "GET" ? 307 : 200;
    connection.send(TestServer::answer(status, request.method + " " + request.body,
                                       "X-Mine: yes\r\nLocation: /other\r\n"));
  });
  HttpClient client({.allow_private_addresses = true});
  const std::string content = std::string("a\0b", 3) + std::string(100'000, 'x');
  for (const auto& [method, body, status] : {std::tuple("PUT", std::optional(as_bytes(content)), 200),
                                             std::tuple("PUT", std::optional(ByteView()), 200),
                                             std::tuple("POST", std::optional(as_bytes("b")), 200),
                                             std::tuple("DELETE", std::optional<ByteView>(), 404),
                                             std::tuple("GET", std::optional<ByteView>(), 307)}) {
    const auto reply =
        client.send("f", {.method = method, .url = server.url("/"), .body = body}, no_retries());
    ASSERT_TRUE(reply) << method << ": " << reply.error().describe();
    EXPECT_EQ(reply->status, status) << method;
    EXPECT_EQ(reply->header("x-mine"), "yes");
    EXPECT_EQ(reply->header("x-other"), "");
    EXPECT_EQ(as_text(reply->body).substr(0, 20),
              (std::string(method) + " " + std::string(as_text(body.value_or(ByteView())))).substr(0, 20));
    const auto received = server.requests().back();
    EXPECT_EQ(received.body, as_text(body.value_or(ByteView())));
    EXPECT_EQ(received.headers.count("content-length"), body ? 1U : 0U);
  }
  HttpLimits large = no_retries();
  large.max_bytes = std::uint64_t{1} << 40;
  const auto head = client.send("f", {.method = "HEAD", .url = server.url("/")}, large);
  ASSERT_TRUE(head) << head.error().describe();
  EXPECT_EQ(head->header("content-length"), "5000000000");
}

TEST(HttpClient, SendRetriesAndReturnsTheLastStatus) {
  std::atomic<int> count = 0;
  TestServer server([&](const auto&, auto& connection) {
    connection.send(TestServer::answer(503, "attempt " + std::to_string(++count)));
  });
  Sleeps sleeps;
  HttpClient client(sleeps.options());
  HttpLimits limits;
  limits.retries = 2;
  const auto reply = client.send("f", {.method = "PUT", .url = server.url("/"), .body = ByteView()}, limits);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_EQ(as_text(reply->body), "attempt 3");
  EXPECT_EQ(sleeps.waits.size(), 2U);
}

TEST(HttpClient, SignsRequestsWithoutSendingTheSecret) {
  TestServer server([](const auto&, auto& connection) { connection.send(TestServer::answer(200, "")); });
  HttpClient client({.allow_private_addresses = true});
  HttpClient::Request request{.method = "PUT", .url = server.url("/bucket/key"), .body = as_bytes("hello")};
  request.signing = AwsSigning{.service = "s3",
                               .region = "eu-x",
                               .key_id = "THEKEY",
                               .secret = "thesecret",
                               .session_token = "thetoken"};
  ASSERT_TRUE(client.send("f", request, no_retries()));
  const auto received = server.requests().at(0);
  EXPECT_THAT(received.headers.at("authorization"), HasSubstr("AWS4-HMAC-SHA256 Credential=THEKEY/"));
  EXPECT_THAT(received.headers.at("authorization"), HasSubstr("/eu-x/s3/aws4_request"));
  EXPECT_THAT(received.headers.at("authorization"), HasSubstr("x-amz-security-token"));
  EXPECT_EQ(received.headers.at("x-amz-security-token"), "thetoken");
  // The body is part of what is signed.
  EXPECT_EQ(received.headers.at("x-amz-content-sha256"),
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  for (const auto& [name, value] : received.headers) {
    EXPECT_THAT(value, ::testing::Not(HasSubstr("thesecret"))) << name;
  }
  // The next request of the connection is not signed.
  ASSERT_TRUE(client.send("f", {.method = "GET", .url = server.url("/")}, no_retries()));
  EXPECT_EQ(server.requests().at(1).headers.count("authorization"), 0U);
}

TEST(HttpClient, PassesABodyOnPieceByPieceWithinItsLimit) {
  const std::string body(300'000, 'x');
  TestServer server([&](const TestServer::Request& request, auto& connection) {
    const bool is_known = request.headers.contains("if-none-match");
    connection.send(is_known ? TestServer::answer(304, "")
                             : TestServer::answer(200, body, "ETag: \"a\"\r\n"));
  });
  HttpClient client({.allow_private_addresses = true});
  std::size_t received = 0;
  HttpClient::Request request{.method = "GET", .url = server.url("/feed"), .accept_compressed = true};
  request.sink = [&](ByteView piece) -> Result<void> {
    received += piece.size();
    return {};
  };
  const auto whole = client.send("f", request, no_retries());
  ASSERT_TRUE(whole);
  EXPECT_EQ(received, body.size());
  EXPECT_TRUE(whole->body.empty());
  EXPECT_EQ(whole->header("etag"), "\"a\"");
  EXPECT_THAT(server.requests().at(0).headers.at("accept-encoding"), HasSubstr("gzip"));

  HttpLimits small = no_retries();
  small.max_bytes = 1000;
  const auto over = client.send("f", request, small);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, ErrorCode::kTooLarge);

  request.headers = {"If-None-Match: \"a\""};
  const auto unchanged = client.send("f", request, no_retries());
  ASSERT_TRUE(unchanged);
  EXPECT_EQ(unchanged->status, 304);
}

}  // namespace
}  // namespace fit::net
