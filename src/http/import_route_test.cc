#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/base64.h"
#include "base/temp_dir.h"
#include "catalog/test_support.h"
#include "http/api.h"
#include "search/search_engine.h"

namespace fit::http {
namespace {

using catalog::testing::Bench;

constexpr std::size_t kLargestBatch = 16;  // images that one thread of an import embeds together
constexpr std::chrono::seconds kLimit{20};

// As many calls as the import has threads must be in progress at once. The number is one more than an import
// has by default.
TEST(ImportRouteTest, AnImportHasTheThreadsOfTheSetting) {
  const std::size_t threads = std::thread::hardware_concurrency() + 1;
  Bench bench;
  const TempDir scratch;
  // Stands for a search engine, which the route does not call.
  alignas(search::SearchEngine) std::array<std::byte, sizeof(search::SearchEngine)> engine{};
  Router router([&](const Principal&) {
    return TenantSnapshot{.owner = nullptr,
                          .engine = reinterpret_cast<search::SearchEngine&>(engine),
                          .catalog = *bench.catalog,
                          .embedder = bench.embedder};
  });
  add_import_route(router, {.scratch_path = scratch.path(), .max_body_bytes = 64 << 20, .threads = threads});

  std::string body;
  for (std::size_t i = 0; i < threads * kLargestBatch; ++i) {
    const Json row = {{"external_id", std::to_string(i)},
                      {"title", "Dress"},
                      {"image_base64", encode_base64(catalog::testing::jpeg(i, 64, 64))}};
    body += row.dump() + "\n";
  }
  std::mutex mutex;
  std::condition_variable all_there;
  std::size_t there = 0;
  bool met = false;
  bench.embedder.on_call = [&] {
    std::unique_lock lock(mutex);
    if (++there == threads) met = true;
    all_there.notify_all();
    all_there.wait_for(lock, kLimit, [&] { return met; });
    --there;
  };
  Request request;
  request.method = Method::kPost;
  request.path = "/api/v1/items/import";
  request.body = body;
  request.headers.add("content-type", "application/x-ndjson");
  const Result<Response> response = router.match(request.method, request.path).route->handler(request);
  ASSERT_TRUE(response) << response.error().describe();
  EXPECT_EQ(Json::parse(response->body)["created"], threads * kLargestBatch) << response->body;
  EXPECT_TRUE(met);
}

}  // namespace
}  // namespace fit::http
