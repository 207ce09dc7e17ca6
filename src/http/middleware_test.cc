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
  const Pipeline pipeline({allow_origin("*"), refuse_unknown_routes()}, Log::silent());
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

TEST_F(PipelineTest, ChecksBodies) {
  route_.max_body_bytes = 3;
  const Pipeline pipeline({check_bodies()}, Log::silent());
  exchange_.request.body = "abc";
  EXPECT_FALSE(pipeline.before(Stage::kLoop, exchange_));
  exchange_.request.body = "abcd";
  EXPECT_EQ(pipeline.before(Stage::kLoop, exchange_)->status, 413);
  exchange_.request.body = "abc";
  exchange_.request.headers.add("content-encoding", "gzip");
  EXPECT_EQ(pipeline.before(Stage::kLoop, exchange_)->status, 415);
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
