#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/temp_dir.h"
#include "http/assets.h"
#include "http/listen.h"
#include "http/message.h"
#include "http/problem.h"
#include "http/router.h"
#include "http/scratch_file.h"
#include "http/scratch_folder.h"

namespace fit::http {
namespace {

Result<Response> nothing(const Request&) {
  return Response{};
}

Router sample_router() {
  Router router;
  router.add({.method = Method::kGet,
              .pattern = "/items/{id}",
              .required_scope = kPublic,
              .route_class = RouteClass::kNone,
              .handler = nothing});
  router.add({.method = Method::kPut,
              .pattern = "/items/{id}",
              .required_scope = kPublic,
              .route_class = RouteClass::kNone,
              .handler = nothing});
  router.add({.method = Method::kPost,
              .pattern = "/items/import",
              .required_scope = kPublic,
              .route_class = RouteClass::kNone,
              .handler = nothing});
  router.add({.method = Method::kGet,
              .pattern = "/items/{id}/thumbnail",
              .required_scope = kPublic,
              .route_class = RouteClass::kNone,
              .handler = nothing});
  return router;
}

TEST(Router, FindsRoutesAndTheirParameters) {
  Router router = sample_router();
  router.add({.method = Method::kGet,
              .pattern = "/items/{id}/images/{image}",
              .required_scope = kPublic,
              .route_class = RouteClass::kNone,
              .handler = nothing});
  const auto match = router.match(Method::kPut, "/items/42");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->method, Method::kPut);
  EXPECT_EQ(match.path_parameters.get("id"), "42");
  EXPECT_EQ(match.path_parameters.get("image"), "");
  EXPECT_EQ(router.match(Method::kGet, "/items/7/thumbnail").path_parameters.get("id"), "7");
  const auto both = router.match(Method::kGet, "/items/7/images/9");
  ASSERT_NE(both.route, nullptr);
  EXPECT_EQ(both.path_parameters.get("id"), "7");
  EXPECT_EQ(both.path_parameters.get("image"), "9");
  EXPECT_EQ(router.match(Method::kGet, "/items/7/images/").route, nullptr);
}

TEST(Router, PrefersLiteralPaths) {
  Router router;
  router.add({.method = Method::kGet,
              .pattern = "/{any}/thumbnail",
              .required_scope = kPublic,
              .route_class = RouteClass::kNone,
              .handler = nothing});
  router.add({.method = Method::kGet,
              .pattern = "/items/{id}",
              .required_scope = kPublic,
              .route_class = RouteClass::kNone,
              .handler = nothing});
  router.add({.method = Method::kPost,
              .pattern = "/items/import",
              .required_scope = kPublic,
              .route_class = RouteClass::kNone,
              .handler = nothing});
  EXPECT_EQ(router.match(Method::kPost, "/items/import").route->pattern, "/items/import");
  const auto wrong_method = router.match(Method::kGet, "/items/import");
  EXPECT_EQ(wrong_method.route, nullptr);
  EXPECT_EQ(wrong_method.allowed, std::vector{Method::kPost});
  EXPECT_EQ(router.match(Method::kGet, "/items/thumbnail").route->pattern, "/items/{id}");
  EXPECT_EQ(router.match(Method::kGet, "/shops/thumbnail").route->pattern, "/{any}/thumbnail");
}

TEST(Router, DistinguishesUnknownMethodsFromUnknownPaths) {
  const Router router = sample_router();
  EXPECT_EQ(router.match(Method::kDelete, "/items/1").allowed, (std::vector{Method::kGet, Method::kPut}));
  for (const std::string_view path :
       {"/items/", "/items", "/items/1/", "/items/1/2", "/", "", "/items/1/thumbnail/"}) {
    const auto match = router.match(Method::kGet, path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_TRUE(match.allowed.empty()) << path;
  }
}

TEST(Message, ReadsQueryParameters) {
  EXPECT_EQ(query_parameter("a=1&source=my%2Dshop+x&b", "source"), "my-shop x");
  EXPECT_EQ(query_parameter("b&a=1", "b"), "");
  EXPECT_EQ(query_parameter("source=%zz%4", "source"), "%zz%4");
  EXPECT_EQ(query_parameter("", "a"), std::nullopt);
}

TEST(Message, ReadsHeaderParameters) {
  EXPECT_EQ(media_type(" Text/CSV ; charset=utf-8"), "text/csv");
  EXPECT_EQ(header_parameter("multipart/form-data; x=\"a;b\\\"c\"; Boundary=--B", "boundary"), "--B");
  EXPECT_EQ(header_parameter("form-data; x=\"a;b\\\"c\"", "x"), "a;b\"c");
  EXPECT_EQ(header_parameter("form-data; name=\"unclosed", "name"), "unclosed");
  EXPECT_EQ(header_parameter("form-data; name", "name"), std::nullopt);
}

TEST(Problem, NamesTheFieldAndHidesThePrivatePart) {
  Request request;
  request.path = "/api/v1/search";
  request.request_id = "r1";
  const Response response =
      problem(Error{ErrorCode::kInvalid, "must be between 1 and 100", "limit", "secret path"}, request);
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.content_type, "application/problem+json");
  const Json body = Json::parse(response.body);
  EXPECT_EQ(body["detail"], "limit: must be between 1 and 100");
  EXPECT_EQ(body["field"], "limit");
  EXPECT_EQ(body["status"], 422);
  EXPECT_EQ(body["type"], "urn:find-this-fit:problem:invalid");
  EXPECT_EQ(body["request_id"], "r1");
  EXPECT_FALSE(response.body.contains("secret"));
}

TEST(Assets, AreComplete) {
  for (const Asset& asset : assets()) EXPECT_FALSE(asset.content.empty()) << asset.path;
  const auto openapi = std::ranges::find(assets(), "openapi.json", &Asset::path);
  ASSERT_NE(openapi, assets().end());
  const Json document = Json::parse(openapi->content);
  EXPECT_FALSE(openapi->content.contains("@FIT_VERSION@"));
  EXPECT_TRUE(document.contains("paths"));
}

TEST(Listen, NamesTheSettingAtFault) {
  EXPECT_EQ(listen_on("no-such-host.invalid", 0).error().field, "APP_HOST");
  EXPECT_EQ(listen_on("203.0.113.1", 0).error().field, "APP_HOST");
  const Listener listener = listen_on("127.0.0.1", 0).value();
  EXPECT_EQ(listener.address, "127.0.0.1");
  EXPECT_GT(listener.port, 0);
  const auto second = listen_on("127.0.0.1", listener.port);
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  EXPECT_EQ(second.error().field, "APP_PORT");
  ::close(listener.socket);
}

TEST(ScratchFolder, RemovesOnlyItsOwnAndThoseOfDeadProcesses) {
  const TempDir dir;
  const std::filesystem::path dead = dir.path() / "run-dead";
  std::filesystem::create_directories(dead / "bodies");
  ASSERT_TRUE(ScratchFile::write(dead, {}));  // leaves no file behind
  {
    std::ofstream(dead / "lock") << "";
  }
  const std::filesystem::path unlocked = dir.path() / "run-unlocked";
  const std::filesystem::path starting = dir.path() / "run-starting";
  std::filesystem::create_directories(unlocked / "bodies");
  std::filesystem::create_directories(starting);
  std::filesystem::last_write_time(unlocked,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::minutes(5));
  std::filesystem::path mine;
  {
    const auto living = ScratchFolder::make(dir.path());
    const auto second = ScratchFolder::make(dir.path());
    ASSERT_TRUE(living && second);
    EXPECT_FALSE(std::filesystem::exists(dead));
    EXPECT_FALSE(std::filesystem::exists(unlocked));
    EXPECT_TRUE(std::filesystem::exists(starting));
    EXPECT_TRUE(std::filesystem::exists(living->path()));
    mine = living->path();
  }
  EXPECT_FALSE(std::filesystem::exists(mine));
  EXPECT_EQ(ScratchFolder::make("/proc/no-such").error().field, "STORAGE_PATH");
}

TEST(ScratchFile, HoldsItsContentUntilItEnds) {
  const TempDir dir;
  std::filesystem::path path;
  {
    const auto file = ScratchFile::write(dir.path(), as_bytes("a,b"));
    ASSERT_TRUE(file);
    path = file->path();
    EXPECT_EQ(std::filesystem::file_size(path), 3U);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace fit::http
