#include "http/middleware.h"

#include <gtest/gtest.h>

#include "base/test_spans.h"
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

// Takes everybody for a signed-in user, whose browser has sent a cookie.
class BySession final : public Authenticator {
 public:
  std::optional<Result<Principal>> try_authenticate(const Request& request) override {
    return authenticate(request);
  }
  Result<Principal> authenticate(const Request&) override {
    return Principal{.id = "user:1", .scopes = {accounts::Scope::kSearch}, .user_id = 1, .session_id = 2};
  }
};

// Takes the header X-Name for the caller, who may search.
class ByName final : public Authenticator {
 public:
  std::optional<Result<Principal>> try_authenticate(const Request& request) override {
    if (known.empty() || request.headers.get("x-name") != known) return std::nullopt;
    return principal(known);
  }
  Result<Principal> authenticate(const Request& request) override {
    ++looked_up;
    const std::string name(request.headers.get("x-name"));
    if (name.empty()) return Error{ErrorCode::kUnauthorized, "is not known", "X-Name", {}};
    if (name == "nobody") return Principal{.id = "", .scopes = anonymous_scopes};
    return principal(name);
  }

  std::string known;  // the caller that is told without blocking
  accounts::Scopes anonymous_scopes;
  int looked_up = 0;

 private:
  static Principal principal(const std::string& name) {
    return {.id = name, .scopes = {accounts::Scope::kSearch}};
  }
};

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
  Route route_{.pattern = "/x", .required_scope = kPublic, .route_class = RouteClass::kNone};
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

TEST_F(PipelineTest, ARequestIsASpanOfItsCallersTrace) {
  KeptSpans spans;
  std::string id_of_thread;
  route_.handler = [&](const Request&) -> Result<Response> {
    id_of_thread = current_work().request_id;
    const Span step("step");
    return internal("broken", "detail");
  };
  exchange_.request.headers.add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  exchange_.request.headers.add("x-request-id", "r1");
  const Pipeline pipeline({assign_request_ids(Tracer(spans, 0))}, Log::silent());
  EXPECT_FALSE(pipeline.before(Stage::kLoop, exchange_));
  Response response = pipeline.handle(exchange_);
  pipeline.after(exchange_, response);
  EXPECT_EQ(id_of_thread, "r1");
  EXPECT_TRUE(response.body.contains(R"("trace_id":"0af7651916cd43dd8448eb211c80319c")")) << response.body;
  ASSERT_EQ(spans.records.size(), 2U);
  EXPECT_EQ(spans.records[1].name, "GET /x");
  EXPECT_TRUE(spans.records[1].has_failed);
  EXPECT_EQ(spans.records[1].parent, 0xb7ad6b7169203331U);
  EXPECT_EQ(spans.records[0].parent, spans.records[1].context.span);
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
  ByName access;
  route_.required_scope = accounts::Scope::kSearch;
  const Pipeline pipeline({authenticate_known(access), authenticate(access)}, Log::silent());
  EXPECT_EQ(pipeline.handle(exchange_).status, 401);
  EXPECT_TRUE(calls_.empty());
  exchange_.request.headers.add("x-name", "anna");
  EXPECT_EQ(pipeline.handle(exchange_).status, 200);
  EXPECT_EQ(calls_, std::vector<std::string>{"handler of anna"});
}

TEST_F(PipelineTest, AKnownPrincipalIsSetOnTheLoop) {
  ByName access;
  access.known = "anna";
  route_.required_scope = accounts::Scope::kSearch;
  exchange_.request.headers.add("x-name", "anna");
  const Pipeline pipeline({authenticate_known(access), authenticate(access)}, Log::silent());
  EXPECT_FALSE(pipeline.before(Stage::kLoop, exchange_));
  EXPECT_TRUE(exchange_.is_authenticated);
  EXPECT_EQ(exchange_.principal_id, "anna");
  EXPECT_EQ(pipeline.handle(exchange_).status, 200);
  EXPECT_EQ(access.looked_up, 0) << "nobody is asked again";
}

TEST_F(PipelineTest, APrincipalWithoutTheScopeIsRefused) {
  ByName access;
  const Pipeline pipeline({authenticate_known(access), authenticate(access)}, Log::silent());
  route_.required_scope = accounts::Scope::kAdmin;
  exchange_.request.headers.add("x-name", "anna");
  const Response refusal = pipeline.handle(exchange_);
  EXPECT_EQ(refusal.status, 403);
  EXPECT_EQ(Json::parse(refusal.body)["missing_scopes"], Json({"admin"}));
  EXPECT_TRUE(calls_.empty());
}

TEST_F(PipelineTest, AnAnonymousCallerIsAskedWhoIsThere) {
  ByName access;
  access.anonymous_scopes = {accounts::Scope::kSearch};
  const Pipeline pipeline({authenticate_known(access), authenticate(access)}, Log::silent());
  route_.required_scope = accounts::Scope::kAdmin;
  exchange_.request.headers.add("x-name", "nobody");
  EXPECT_EQ(pipeline.handle(exchange_).status, 401);
  exchange_.is_authenticated = false;
  route_.required_scope = accounts::Scope::kSearch;
  EXPECT_EQ(pipeline.handle(exchange_).status, 200);
}

TEST_F(PipelineTest, ASessionIsForPagesOfThisServer) {
  BySession access;
  route_.required_scope = accounts::Scope::kSearch;
  const Pipeline pipeline({authenticate_known(access), authenticate(access)}, Log::silent());
  using Fields = std::vector<std::pair<const char*, const char*>>;
  const auto is_refused = [&](Method method, const Fields& fields) {
    Exchange exchange;
    exchange.match.route = &route_;
    exchange.request.method = method;
    exchange.request.host = "fit.example:8000";
    for (const auto& [name, value] : fields) exchange.request.headers.add(name, value);
    const auto response = pipeline.before(Stage::kLoop, exchange);
    EXPECT_TRUE(!response || response->status == 403);
    return response.has_value();
  };
  EXPECT_FALSE(is_refused(Method::kGet, {}));
  for (const Method method : {Method::kPost, Method::kPut, Method::kPatch, Method::kDelete}) {
    EXPECT_TRUE(is_refused(method, {}));
    EXPECT_TRUE(is_refused(method, {{"origin", "https://evil.example"}}));
    EXPECT_TRUE(is_refused(method, {{"origin", "null"}}));
    EXPECT_TRUE(is_refused(method, {{"sec-fetch-site", "same-site"}}));
    EXPECT_TRUE(
        is_refused(method, {{"sec-fetch-site", "cross-site"}, {"origin", "http://fit.example:8000"}}));
    EXPECT_FALSE(is_refused(method, {{"origin", "http://FIT.example:8000"}}));
    EXPECT_FALSE(is_refused(method, {{"sec-fetch-site", "same-origin"}}));
  }
}

TEST_F(PipelineTest, APublicRouteAsksNobody) {
  ByName access;
  const Pipeline pipeline({authenticate_known(access), authenticate(access)}, Log::silent());
  EXPECT_FALSE(pipeline.before(Stage::kLoop, exchange_));
  EXPECT_EQ(pipeline.handle(exchange_).status, 200);
  EXPECT_EQ(access.looked_up, 0);
}

TEST_F(PipelineTest, AnAdmittedRequestIsNotAuthenticatedAgain) {
  ByName access;
  route_.required_scope = accounts::Scope::kSearch;
  exchange_.request.headers.add("x-name", "anna");
  const Pipeline pipeline({authenticate_known(access), authenticate(access)}, Log::silent());
  EXPECT_FALSE(pipeline.before(Stage::kLoop, exchange_));
  EXPECT_FALSE(pipeline.admit(exchange_));
  EXPECT_EQ(pipeline.handle(exchange_).status, 200);
  EXPECT_EQ(access.looked_up, 1);
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

TEST_F(PipelineTest, BrowsersAreToldToUseHttpsOnly) {
  for (const bool is_https_only : {false, true}) {
    const Pipeline pipeline({add_security_headers(is_https_only)}, Log::silent());
    Response response;
    pipeline.after(exchange_, response);
    EXPECT_EQ(header_of(response, "Strict-Transport-Security"), is_https_only ? "max-age=31536000" : "");
    EXPECT_EQ(header_of(response, "X-Content-Type-Options"), "nosniff");
  }
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
      {"an older browser behind a proxy that changes Host", Method::kPost, "https://fit.example", "", true},
      {"a neighbour of the public address", Method::kPost, "https://fit.example", "same-site", false},
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
  const Pipeline pipeline(
      {check_origin(AllowedOrigins::parse("S", "https://shop.example").value(), "https://fit.example")},
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
