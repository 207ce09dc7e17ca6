#include "catalog/content_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/image_processor.h"
#include "catalog/test_support.h"

namespace fit::catalog {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kClasses = {"neutral", "porn", "sexy"};

std::string threshold_problem(const std::string& text) {
  const auto parsed = parse_thresholds("THRESHOLDS", text, kClasses);
  if (parsed) return "none";
  EXPECT_EQ(parsed.error().field, "THRESHOLDS");
  return parsed.error().message;
}

TEST(ContentThresholds, AreParsed) {
  const auto parsed = parse_thresholds("THRESHOLDS", " porn=0.9, sexy = 1 ", kClasses);
  ASSERT_TRUE(parsed) << parsed.error().describe();
  ASSERT_EQ(parsed->size(), 2u);
  EXPECT_EQ((*parsed)[0].name, "porn");
  EXPECT_FLOAT_EQ((*parsed)[0].least, 0.9F);
  EXPECT_FLOAT_EQ((*parsed)[1].least, 1);
  EXPECT_EQ(parse_thresholds("THRESHOLDS", "", kClasses)->size(), 0u);
}

TEST(ContentThresholds, AreReadStrictly) {
  EXPECT_THAT(threshold_problem("violence=0.5"), HasSubstr("the model has neutral, porn, sexy"));
  for (const char* text : {"porn=1.1", "porn=-0.1", "porn=nan", "porn=0.5x", "porn="}) {
    EXPECT_THAT(threshold_problem(text), HasSubstr("0 to 1")) << text;
  }
  for (const char* text : {"porn", "=0.5", ",", "porn=0.5,"}) {
    EXPECT_THAT(threshold_problem(text), HasSubstr("must be a list")) << text;
  }
  EXPECT_THAT(threshold_problem("porn=0.5,porn=0.6"), HasSubstr("twice"));
}

TEST(ContentThresholds, TheLargestExcessIsTheReason) {
  const std::vector<ContentThreshold> thresholds = {{"porn", 0.3F}, {"sexy", 0.4F}};
  const auto reason = [&](std::vector<float> probabilities) -> std::string {
    const auto* const found = exceeded(thresholds, kClasses, probabilities);
    return found == nullptr ? "none" : found->name;
  };
  EXPECT_EQ(reason({0.9F, 0.05F, 0.05F}), "none");
  EXPECT_EQ(reason({0.2F, 0.35F, 0.45F}), "porn");
  EXPECT_EQ(reason({0.1F, 0.35F, 0.55F}), "sexy");
  EXPECT_EQ(reason({0.7F, 0.3F, 0}), "porn") << "a threshold that is reached counts";
  EXPECT_EQ(scores_json(kClasses, std::vector<float>{0.5F, 0.25F, 0.123456F}),
            R"({"neutral":0.5,"porn":0.25,"sexy":0.1235})");
}

// A filter with the block list alone, over a real catalogue.
class BlockList : public ::testing::Test {
 protected:
  static domain::ImageFields image(std::uint64_t perceptual_hash) {
    domain::ImageFields fields;
    fields.sha256 = std::string(64, 'a');
    fields.perceptual_hash = perceptual_hash;
    return fields;
  }

  ContentFilter filter(ContentFilter::Mode mode) {
    return ContentFilter({.reviews = bench_.store->reviews(),
                          .blocked = bench_.store->blocked_images(),
                          .metrics = bench_.metrics},
                         {.mode = mode, .thresholds = {}});
  }

  testing::Bench bench_;
};

TEST_F(BlockList, MatchesHashesNearby) {
  const ContentFilter refuse = filter(ContentFilter::Mode::kRefuse);
  ASSERT_TRUE(bench_.store->blocked_images().add({.perceptual_hash = 0xf0f0'f0f0'0f0f'0f0f}));
  std::uint64_t hash = 0xf0f0'f0f0'0f0f'0f0f;
  for (int bit = 0; bit <= kMaxBlockedDistance; ++bit) {
    const auto judged = refuse.judge("images[3]", image(hash), {});
    ASSERT_FALSE(judged) << bit;
    EXPECT_EQ(judged.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(judged.error().field, "images[3]");
    EXPECT_THAT(judged.error().message, HasSubstr("block list"));
    hash ^= std::uint64_t{1} << (9 * bit % 64);
  }
  EXPECT_TRUE(refuse.judge("images[3]", image(hash), {}));
}

TEST_F(BlockList, FlagsInTheOtherMode) {
  const ContentFilter flag = filter(ContentFilter::Mode::kFlag);
  ASSERT_TRUE(bench_.store->blocked_images().add({.perceptual_hash = 5}));
  ASSERT_TRUE(flag.judge("images[0]", image(5), {}));
  const auto reviews = bench_.store->reviews().approved_at(std::string(64, 'a'));
  ASSERT_TRUE(reviews);
  EXPECT_FALSE(*reviews);
}

TEST(PerceptualHash, CopiesOfAFileAreNear) {
  const Bytes original = testing::jpeg(3, 480, 640);
  const auto hash = perceptual_hash("PHOTO", original, {}, 320);
  ASSERT_TRUE(hash) << hash.error().describe();
  const auto smaller = perceptual_hash("PHOTO", testing::jpeg(3, 240, 320), {}, 320);
  EXPECT_LE(media::hamming_distance(*hash, *smaller), kMaxBlockedDistance);
  EXPECT_GT(media::hamming_distance(*hash, *perceptual_hash("PHOTO", testing::jpeg(4), {}, 320)),
            kMaxBlockedDistance);
  EXPECT_EQ(perceptual_hash("PHOTO", as_bytes("text"), {}, 320).error().field, "PHOTO");
}

}  // namespace
}  // namespace fit::catalog
