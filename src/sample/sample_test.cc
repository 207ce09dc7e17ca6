#include "sample/sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <set>

#include "base/files.h"
#include "base/format.h"
#include "base/temp_dir.h"
#include "sample/designer.h"
#include "sample/kinds.h"
#include "sample/light_map.h"

namespace fit::sample {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Sample : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(media::start_vips()); }
};

// The standard deviation of an image's bytes; 0 for an image of one grey.
double variety(const media::Image& image) {
  double sum = 0;
  double squares = 0;
  for (const std::uint8_t value : image.rgb) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  const auto count = static_cast<double>(image.rgb.size());
  return std::sqrt(squares / count - (sum / count) * (sum / count));
}

TEST(Random, GivesTheSameNumbersEverywhere) {
  Random random(1);
  // SplitMix64's published first number for the seed 1.
  EXPECT_EQ(random.next(), 0x910A2DEC89025CC1ull);
  EXPECT_EQ(Random(7).pick(""), "");
  EXPECT_EQ(Random(7).pick("one"), "one");
  for (int i = 0; i < 100; ++i) EXPECT_THAT(random.pick("a|bc|d"), AnyOf("a", "bc", "d"));
}

TEST(Kinds, EveryRoundHasItsShareOfEachKind) {
  std::size_t round = 0;
  for (const Kind& kind : kinds()) round += static_cast<std::size_t>(kind.share);
  EXPECT_GE(kinds().size(), 14u);
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{round * 5}}) {
    std::map<std::string_view, int> seen;
    for (std::uint64_t i = 0; i < round; ++i) ++seen[kind_of(3, first + i).name];
    for (const Kind& kind : kinds()) EXPECT_EQ(seen[kind.name], kind.share) << kind.name;
  }
}

TEST(Blur, PreservesTheSum) {
  Map map;
  for (int y = 70; y < 90; ++y) {
    for (int x = 50; x < 70; ++x) map.at(x, y) = 1;
  }
  blur(map, {}, 4);
  double sum = 0;
  for (const float cell : map.cells) sum += cell;
  EXPECT_NEAR(sum, 400, 0.1);
  EXPECT_GT(map.at(60, 80), 0.9F);
  EXPECT_GT(map.at(48, 80), 0.1F);
}

TEST_F(Sample, IsDeterministic) {
  const SampleItem one = draw_item(5, 17);
  const SampleItem again = draw_item(5, 17);
  EXPECT_EQ(one.listing.title, again.listing.title);
  EXPECT_EQ(one.listing.properties, again.listing.properties);
  ASSERT_EQ(one.images.size(), again.images.size());
  EXPECT_EQ(one.images[0].rgb, again.images[0].rgb);
  EXPECT_NE(one.images[0].rgb, draw_item(6, 17).images[0].rgb);
  EXPECT_NE(one.images[0].rgb, draw_item(5, 18).images[0].rgb);
}

TEST_F(Sample, DrawsEveryKind) {
  std::set<std::string_view> left;
  for (const Kind& kind : kinds()) left.insert(kind.name);
  for (std::uint64_t i = 0; !left.empty() && i < 200; ++i) {
    if (left.erase(kind_of(2, i).name) == 0) continue;
    const SampleItem item = draw_item(2, i);
    ASSERT_FALSE(item.images.empty());
    for (const media::Image& image : item.images) {
      EXPECT_EQ(image.width, kWidth);
      EXPECT_EQ(image.height, kHeight);
      ASSERT_EQ(image.rgb.size(), static_cast<std::size_t>(kWidth * kHeight * 3));
      EXPECT_GT(variety(image), 8) << item.listing.title;
    }
  }
  EXPECT_TRUE(left.empty());
}

TEST(Design, PropertiesAndListingsAreComplete) {
  const std::set<std::string> conditions = {"new", "like new", "good", "fair"};
  std::set<std::string> colours;
  for (const NamedColour& colour : palette()) colours.emplace(colour.name);
  for (std::uint64_t i = 0; i < 400; ++i) {
    const Design design = make_design(9, i);
    const domain::Listing listing = write_listing(design, 9, i);
    for (const Property property : {kCategory, kSubcategory, kPrimaryColor, kPattern, kMaterial, kStyle, kFit,
                                    kSeason, kOccasion, kGender, kCondition}) {
      EXPECT_FALSE(listing.properties[property].empty()) << domain::kProperties[property];
    }
    EXPECT_TRUE(colours.contains(listing.properties[kPrimaryColor]));
    EXPECT_NE(listing.properties[kPrimaryColor], listing.properties[kSecondaryColor]);
    EXPECT_TRUE(conditions.contains(listing.properties[kCondition]));
    EXPECT_EQ(listing.source, "sample");
    EXPECT_EQ(listing.external_id, fit::format("9-{:06}", i + 1));
    EXPECT_GT(listing.price.value_or(0), 0);
    EXPECT_EQ(listing.currency, "USD");
    EXPECT_THAT(listing.url, StartsWith("https://shop.example.com/"));
    EXPECT_THAT(domain::kStatuses, testing::Contains(listing.status));
    EXPECT_FALSE(listing.title.empty() || listing.brand.empty() || listing.size.empty());
    EXPECT_THAT(listing.title, Not(HasSubstr("  ")));
  }
}

std::string text_of(const fs::path& path) {
  const auto content = read_file(path, 1 << 24);
  return content ? std::string(as_text(*content)) : std::string();
}

TEST_F(Sample, WritesTheImportFormat) {
  const TempDir dir;
  std::int64_t last = 0;
  const auto written = write_sample(dir.path() / "s", {.items = 6, .seed = 4, .threads = 3},
                                    [&](std::int64_t done, std::int64_t total) {
                                      EXPECT_GT(done, last);
                                      EXPECT_EQ(total, 6);
                                      last = done;
                                    });
  ASSERT_TRUE(written) << written.error().describe();
  EXPECT_EQ(last, 6);
  const std::string csv = text_of(dir.path() / "s/items.csv");
  EXPECT_THAT(
      csv, StartsWith("source,external_id,title,description,brand,price,currency,size,url,status,listed_at,"
                      "category,subcategory,primary_color,"));
  EXPECT_THAT(csv, HasSubstr(",condition,images\n"));
  EXPECT_EQ(std::ranges::count(csv, '\n'), 7);
  EXPECT_LT(csv.find("4-000001"), csv.find("4-000002"));

  const auto photo = read_file(dir.path() / "s/images/0000/4-000001-1.jpg", 1 << 20);
  ASSERT_TRUE(photo) << photo.error().describe();
  const auto info = media::probe("photo", *photo);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->format, media::Format::kJpeg);
  EXPECT_EQ(info->width, kWidth);

  ASSERT_TRUE(write_sample(dir.path() / "t", {.items = 6, .seed = 4, .threads = 1}, {}));
  EXPECT_EQ(text_of(dir.path() / "t/items.csv"), csv);
  EXPECT_EQ(text_of(dir.path() / "t/images/0000/4-000006-1.jpg"),
            text_of(dir.path() / "s/images/0000/4-000006-1.jpg"));
}

TEST_F(Sample, WritesNoTableWhenStopped) {
  const TempDir dir;
  std::stop_source stop;
  const auto written = write_sample(
      dir.path(), {.items = 50, .seed = 1, .threads = 1},
      [&](std::int64_t done, std::int64_t) {
        if (done == 3) stop.request_stop();
      },
      stop.get_token());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(fs::exists(dir.path() / "items.csv"));
}

TEST_F(Sample, ReportsErrors) {
  const TempDir dir;
  EXPECT_EQ(write_sample(dir.path(), {.items = 0}, {}).error().field, "items");
  EXPECT_EQ(write_sample(dir.path(), {.items = 1'000'000'000}, {}).error().code, ErrorCode::kInvalid);
  std::ofstream(dir.path() / "file") << "x";
  EXPECT_FALSE(write_sample(dir.path() / "file", {.items = 1}, {}));
}

}  // namespace
}  // namespace fit::sample
