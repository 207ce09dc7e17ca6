#include "serving/word_filler.h"

#include <gtest/gtest.h>

#include "serving/test_support.h"

namespace fit::serving {
namespace {

TEST(WordFiller, HasNothingToDoInANewCatalogue) {
  testing::TestCatalogue catalogue;
  int reports = 0;
  EXPECT_TRUE(backfill_words(catalogue.bench.store->words(),
                             Progress([&reports](std::int64_t, std::int64_t) { ++reports; }), {}));
  EXPECT_EQ(reports, 0);
  WordFiller filler(catalogue.bench.store->words(), Log::silent());
  filler.start();
  filler.stop();
}

TEST(WordFiller, StopsWhenItIsAsked) {
  testing::TestCatalogue catalogue;
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = backfill_words(catalogue.bench.store->words(), {}, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace fit::serving
