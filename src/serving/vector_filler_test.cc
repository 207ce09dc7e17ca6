#include "serving/vector_filler.h"

#include <gtest/gtest.h>

#include "serving/test_support.h"

namespace fit::serving {
namespace {

// Items are written in the space "one"; the filler fills the space "two".
class VectorFillerTest : public ::testing::Test {
 protected:
  VectorFillerTest()
      : one_(catalogue_.opener.open(std::nullopt).value()),
        two_(catalogue_.opener.open(catalogue_.register_space("two")).value()),
        filler_(two_->catalog(), *catalogue_.bench.store, Log::silent()) {}

  void put(int number) { catalogue_.put(*one_, number); }
  std::int64_t filled() { return catalogue_.count_vectors(two_->record()); }

  testing::TestCatalogue catalogue_;
  std::unique_ptr<SearchedSpace> one_;
  std::unique_ptr<SearchedSpace> two_;
  VectorFiller filler_;
};

TEST_F(VectorFillerTest, EmbedsImagesThatHaveNoVector) {
  put(1);
  put(2);
  EXPECT_TRUE(filler_.fill({}));
  EXPECT_EQ(filled(), 2);
}

TEST_F(VectorFillerTest, EmbedsWhatOtherWritersAddLater) {
  put(1);
  EXPECT_TRUE(filler_.fill({}));
  put(2);
  EXPECT_TRUE(filler_.fill({}));
  EXPECT_EQ(filled(), 2);
}

TEST_F(VectorFillerTest, ReportsAStop) {
  put(1);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = filler_.fill(stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(filler_.fill({})) << "and continues with the next call";
  EXPECT_EQ(filled(), 1);
}

TEST_F(VectorFillerTest, StartsAndStopsItsThread) {
  put(1);
  filler_.start();
}

}  // namespace
}  // namespace fit::serving
