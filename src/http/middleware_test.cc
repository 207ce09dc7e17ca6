#include "http/middleware.h"

#include <gtest/gtest.h>

#include "http/problem.h"
#include "http/request_ids.h"

namespace fit::http {
namespace {

using Stage = Middleware::Stage;

// A middleware that records its calls.
Middleware recorder(std::string name, std::vector<std::string>& calls, Stage stage = Stage::kLoop) {
  return {.name = "recorder",
          .stage = stage,
          .before = [name, &calls](Exchange&) -> Result<std::optional<Response>> {
            calls.push_back("before " + name);
            return std::nullopt;
          },
          .after = [name, &calls](const Exchange&, Response&) { calls.push_back("after " + name); }};
}

Middleware refuser(const Error& error) {
  return {.name = "refuser",
          .before = [error](Exchange&) -> Result<std::optional<Response>> { return error; }};
}

class PipelineTest : public ::testing::Test {
 protected:
  PipelineTest() {
    route_.handler = [this](const Request& request) -> Result<Response> {
      calls_.push_back("handler of " + request.principal.id);
      return Response{};
    };
    exchange_.match.route = &route_;
  }

  std::vector<std::string> calls_;
  Route route_{.pattern = "/x"};
  Exchange exchange_;
};

TEST_F(PipelineTest, RunsInTheDeclaredOrderAndBack) {
  const Pipeline pipeline(
      {recorder("a", calls_), recorder("b", calls_, Stage::kWorker), recorder("c", calls_)}, Log::silent());
  EXPECT_FALSE(pipeline.before(Stage::kLoop, exchange_));
  Response response = pipeline.handle(exchange_);
  pipeline.after(exchange_, response);
  const std::vector<std::string> expected = {"before a", "before c", "before b", "handler of ",
                                             "after c",  "after b",  "after a"};
  EXPECT_EQ(calls_, expected);
}

TEST_F(PipelineTest, ARejectedRequestStillRunsTheAfterFunctions) {
  const Pipeline pipeline({recorder("a", calls_), refuser({ErrorCode::kUnauthorized, "who are you", {}, {}}),
                           recorder("c", calls_)},
                          Log::silent());
  auto response = pipeline.before(Stage::kLoop, exchange_);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 401);
  pipeline.after(exchange_, *response);
  EXPECT_EQ(calls_, (std::vector<std::string>{"before a", "after c", "after a"}));
}

TEST_F(PipelineTest, AMiddlewareSetsThePrincipal) {
  const auto by_key = [](const Request& request) -> Result<Principal> {
    if (request.headers.get("x-key") != "secret") {
      return Error{ErrorCode::kUnauthorized, "is not known", "X-Key", {}};
    }
    return Principal{.id = "anna"};
  };
  const Pipeline pipeline({authenticate(by_key)}, Log::silent());
  EXPECT_EQ(pipeline.handle(exchange_).status, 401);
  EXPECT_TRUE(calls_.empty());
  exchange_.request.headers.add("x-key", "secret");
  EXPECT_EQ(pipeline.handle(exchange_).status, 200);
  EXPECT_EQ(calls_, std::vector<std::string>{"handler of anna"});
}

TEST_F(PipelineTest, APersonGetsAPageAndAProgramProblemDetails) {
  const Pipeline pipeline({show_missing_pages()}, Log::silent());
  const auto type_of = [&pipeline](std::string_view path, std::string_view accept, int status) {
    Exchange exchange;
    exchange.request.path = path;
    exchange.request.headers.add("accept", accept);
    Response response = problem(status, "some", "for programs", exchange.request);
    pipeline.after(exchange, response);
    EXPECT_EQ(response.status, status);
    return response.content_type;
  };
  const std::string browser = "text/html,application/xhtml+xml,*/*;q=0.8";
  const std::string json = "application/problem+json";
  EXPECT_EQ(type_of("/nothing", browser, 404), "text/html; charset=utf-8");
  EXPECT_EQ(type_of("/images/99", browser, 404), "text/html; charset=utf-8");
  EXPECT_EQ(type_of("/nothing", "*/*", 404), json);
  EXPECT_EQ(type_of("/nothing", "", 404), json);
  EXPECT_EQ(type_of("/api/v1/items/99", browser, 404), json);
  EXPECT_EQ(type_of("/v1/nothing", browser, 404), json);
  EXPECT_EQ(type_of("/nothing", browser, 500), json);
}

TEST_F(PipelineTest, WorkerMiddlewareDoesNotRunOnTheLoop) {
  route_.run_on = RunOn::kLoop;
  const Pipeline pipeline({recorder("a", calls_, Stage::kWorker)}, Log::silent());
  pipeline.handle(exchange_);
  EXPECT_EQ(calls_, std::vector<std::string>{"handler of "});
}

TEST_F(PipelineTest, CatchesWhatAHandlerThrows) {
  route_.handler = [](const Request&) -> Result<Response> { throw std::runtime_error("secret"); };
  const Response response = Pipeline({}, Log::silent()).handle(exchange_);
  EXPECT_EQ(response.status, 500);
  EXPECT_FALSE(response.body.contains("secret"));
}

TEST_F(PipelineTest, OptionsAndWrongMethodsNameTheAllowedOnes) {
  exchange_.match.route = nullptr;
  exchange_.match.allowed = {Method::kGet, Method::kPut};
  const Pipeline pipeline({allow_origins(AllowedOrigins::parse("S", "*").value()), refuse_unknown_routes()},
                          Log::silent());
  for (const auto& [method, status] : {std::pair{Method::kOptions, 204}, std::pair{Method::kPost, 405}}) {
    exchange_.request.method = method;
    auto response = pipeline.before(Stage::kLoop, exchange_);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, status);
    pipeline.after(exchange_, *response);
    const auto value = [&response](std::string_view name) {
      const auto found = std::ranges::find(
          response->headers, name, [](const auto& header) -> std::string_view { return header.first; });
      return found == response->headers.end() ? "" : found->second;
    };
    EXPECT_EQ(value("Allow"), "GET, HEAD, PUT, OPTIONS");
    EXPECT_EQ(value("Access-Control-Allow-Methods"), "GET, HEAD, PUT, OPTIONS");
  }
  exchange_.match.allowed.clear();
  EXPECT_EQ(pipeline.before(Stage::kLoop, exchange_)->status, 404);
}

TEST_F(PipelineTest, RefusesUnknownQueryParameters) {
  const Pipeline pipeline({refuse_unknown_parameters()}, Log::silent());
  const auto answer = [&](std::string_view query) {
    exchange_.request.query = query;
    const auto response = pipeline.before(Stage::kLoop, exchange_);
    return response ? response->body : "";
  };
  route_.query_parameters = {{"source", "external_id"}};
  EXPECT_EQ(answer(""), "");
  EXPECT_EQ(answer("external_id=hm&source=a"), "");
  EXPECT_TRUE(answer("source=a&external-id=hm").contains("did you mean external_id?"));
  EXPECT_TRUE(answer("x").contains("x: is not a known query parameter"));
  route_.query_parameters = std::vector<std::string_view>{};
  EXPECT_NE(answer("source=a"), "");
  route_.query_parameters = kAnyParameters;
  EXPECT_EQ(answer("utm_source=a"), "");
}

TEST_F(PipelineTest, ChecksBodies) {
  route_.max_body_bytes = 3;
  const Pipeline pipeline({check_bodies()}, Log::silent());
  EXPECT_FALSE(pipeline.before(Stage::kLoop, exchange_));
  exchange_.request.content_length = 3;
  EXPECT_FALSE(pipeline.before(Stage::kLoop, exchange_));
  exchange_.request.content_length = 4;
  EXPECT_EQ(pipeline.before(Stage::kLoop, exchange_)->status, 413);
  exchange_.request.content_length = 3;
  exchange_.request.headers.add("content-encoding", "gzip");
  EXPECT_EQ(pipeline.before(Stage::kLoop, exchange_)->status, 415);
}

std::string header_of(const Response& response, std::string_view name) {
  const auto found = std::ranges::find(response.headers, name,
                                       [](const auto& header) -> std::string_view { return header.first; });
  return found == response.headers.end() ? "" : found->second;
}

TEST_F(PipelineTest, ListedOriginsMayReadResponses) {
  const Pipeline pipeline({allow_origins(AllowedOrigins::parse("S", "https://shop.example").value())},
                          Log::silent());
  Response of_nobody;
  pipeline.after(exchange_, of_nobody);
  EXPECT_EQ(header_of(of_nobody, "Access-Control-Allow-Origin"), "");
  EXPECT_EQ(header_of(of_nobody, "Vary"), "Origin");
  exchange_.request.headers.add("origin", "https://shop.example");
  Response allowed;
  pipeline.after(exchange_, allowed);
  EXPECT_EQ(header_of(allowed, "Access-Control-Allow-Origin"), "https://shop.example");
}

TEST_F(PipelineTest, ForeignHostsAreRefused) {
  const Pipeline pipeline({check_host(AllowedHosts::parse("S", "fit.example").value())}, Log::silent());
  for (const auto& [host, is_allowed] :
       {std::pair{"localhost:8000", true}, {"fit.example", true}, {"", true}, {"evil.example:8000", false}}) {
    exchange_.request.host = host;
    const auto refusal = pipeline.before(Stage::kLoop, exchange_);
    EXPECT_EQ(!refusal, is_allowed) << host;
    EXPECT_TRUE(!refusal || refusal->status == 421);
  }
}

TEST_F(PipelineTest, WritesOfOtherOriginsAreRefused) {
  struct Case {
    const char* what;
    Method method;
    std::string_view origin;
    std::string_view site;
    bool is_allowed;
  };
  const Case cases[] = {
      {"a program", Method::kPost, "", "", true},
      {"our page", Method::kPost, "http://127.0.0.1:8000", "same-origin", true},
      {"our page behind a proxy that changes Host", Method::kPost, "https://fit.example", "same-origin",
       true},
      {"an older browser on our page", Method::kDelete, "http://127.0.0.1:8000", "", true},
      {"typed by the user", Method::kPost, "", "none", true},
      {"an allowed page", Method::kPut, "https://shop.example", "cross-site", true},
      {"another page", Method::kPost, "https://evil.example", "cross-site", false},
      {"another page without Origin", Method::kPost, "", "cross-site", false},
      {"a page of a neighbour", Method::kPost, "http://127.0.0.1:9000", "same-site", false},
      {"an older browser on another page", Method::kPost, "https://evil.example", "", false},
      {"a sandboxed page", Method::kPatch, "null", "", false},
      {"another page that reads", Method::kGet, "https://evil.example", "cross-site", true},
      {"a preflight", Method::kOptions, "https://evil.example", "cross-site", true},
  };
  const Pipeline pipeline({check_origin(AllowedOrigins::parse("S", "https://shop.example").value())},
                          Log::silent());
  for (const Case& one : cases) {
    Exchange exchange;
    exchange.match.route = &route_;
    exchange.request.method = one.method;
    exchange.request.host = "127.0.0.1:8000";
    if (!one.origin.empty()) exchange.request.headers.add("origin", one.origin);
    if (!one.site.empty()) exchange.request.headers.add("sec-fetch-site", one.site);
    const auto refusal = pipeline.before(Stage::kLoop, exchange);
    EXPECT_EQ(!refusal, one.is_allowed) << one.what;
    EXPECT_TRUE(!refusal || refusal->status == 403);
  }
}

TEST(RequestIds, KeepsOnlyWellFormedIds) {
  RequestIds ids;
  EXPECT_EQ(ids.accept("trace-1.2_A"), "trace-1.2_A");
  EXPECT_EQ(ids.accept("").size(), 16U);
  EXPECT_EQ(ids.accept("a b").size(), 16U);
  EXPECT_EQ(ids.accept(std::string(129, 'a')).size(), 16U);
  EXPECT_NE(ids.next(), ids.next());
}

}  // namespace
}  // namespace fit::http
