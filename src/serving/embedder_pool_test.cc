#include "serving/embedder_pool.h"

#include <gtest/gtest.h>

#include "serving/test_support.h"

namespace fit::serving {
namespace {

class EmbedderPoolTest : public ::testing::Test {
 protected:
  EmbedderPoolTest() : pool_(models_.factory("one")) { models_.install("one"); }

  testing::FakeModels models_;
  EmbedderPool pool_;
};

TEST_F(EmbedderPoolTest, CallersOfOneSpaceShareAnEmbedder) {
  const auto first = pool_.open("one").value();
  EXPECT_EQ(pool_.open("one").value(), first);
  EXPECT_EQ(pool_.open("").value(), first) << "the configured model makes the same space";
  EXPECT_EQ(models_.made, 1);
}

TEST_F(EmbedderPoolTest, AnEmbedderIsReleasedWithItsLastUser) {
  std::weak_ptr<embed::Embedder> first = pool_.open("one").value();
  EXPECT_TRUE(first.expired());
  pool_.open("one").value();
  EXPECT_EQ(models_.made, 2);
}

TEST_F(EmbedderPoolTest, AnotherVersionIsAnotherEmbedder) {
  const auto first = pool_.open("one").value();
  models_.install("one", "2");
  const auto second = pool_.open("one").value();
  EXPECT_NE(first, second);
  EXPECT_EQ(second->space().version, "2");
}

TEST_F(EmbedderPoolTest, AnUnknownModelIsAnError) {
  EXPECT_EQ(pool_.open("none").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace fit::serving
