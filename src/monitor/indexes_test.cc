#include "monitor/indexes.h"

#include <gtest/gtest.h>

#include "search/test_catalogue.h"

namespace fit::monitor {
namespace {

TEST(Indexes, ShowTheirStateAndTheTimeOfTheirSearches) {
  search::TestCatalogue catalogue(store::testing::engines().front(), "words", 4);
  Metrics metrics;
  Histogram& latency = metrics.latency("fit_index_seconds", "Time");
  const auto read = [&]() -> Result<Json> {
    FIT_TRY(const auto state, catalogue.searcher().state());
    return index_statistics(catalogue.searcher(), state, latency);
  };
  const Indexes indexes({read});
  Json list = indexes.list().value();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["state"], "building");
  EXPECT_EQ(list[0]["latency"], nullptr);

  const auto item = store::testing::make_item(1, catalogue.space());
  const auto written = catalogue.store().items().upsert(std::span(&item, 1)).value();
  catalogue.catch_up();
  latency.observe(0.003);
  list = indexes.list().value();
  EXPECT_EQ(list[0]["space"], "words");
  EXPECT_EQ(list[0]["vectors_of"], "images");
  EXPECT_EQ(list[0]["state"], "ready");
  EXPECT_EQ(list[0]["vectors"], 1);
  EXPECT_EQ(list[0]["deleted"], 0);
  EXPECT_EQ(list[0]["size"], 1);
  EXPECT_EQ(list[0]["dimensions"], 4);
  EXPECT_EQ(list[0]["latency"]["searches"], 1);
  EXPECT_LE(list[0]["latency"]["p99_s"].get<double>(), 0.005);

  catalogue.store().items().remove(written.front().id).value();
  catalogue.catch_up();
  list = indexes.list().value();
  EXPECT_EQ(list[0]["vectors"], 0);
}

TEST(Indexes, AnErrorOfOneIsTheirs) {
  const Indexes indexes({[]() -> Result<Json> { return internal("the index is gone", ""); }});
  EXPECT_EQ(indexes.list().error().code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace fit::monitor
