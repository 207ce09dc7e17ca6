#include "evaluate/contact_sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/files.h"
#include "base/format.h"
#include "base/temp_dir.h"

namespace fit::evaluate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// The file names of the images, in the order of the page.
std::vector<std::string> titles_of(std::string_view html) {
  constexpr std::string_view kTitle = "title=\"";
  std::vector<std::string> titles;
  for (std::size_t at = html.find(kTitle); at != std::string_view::npos; at = html.find(kTitle, at + 1)) {
    const std::size_t begin = at + kTitle.size();
    titles.emplace_back(html.substr(begin, html.find('"', begin) - begin));
  }
  return titles;
}

class ContactSheetTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(media::start_vips()); }

  // Six images of two labels. Their vectors are on an arc, in order.
  void SetUp() override {
    set_.label_names = {"class"};
    vectors_.dimensions = 2;
    for (int i = 0; i < 6; ++i) {
      const std::filesystem::path path = dir_.path() / fit::format("{}.png", i);
      const media::Image image{
          .width = 300, .height = 300, .rgb = std::vector<std::uint8_t>(300 * 300 * 3, 90)};
      ASSERT_TRUE(write_file_atomically(path, *media::encode_png(image)));
      set_.rows.push_back({.image = path, .labels = {i < 3 ? "<hats>" : "belts"}});
      const float angle = 0.2F * static_cast<float>(i);
      vectors_.values.insert(vectors_.values.end(), {std::cos(angle), std::sin(angle)});
      vectors_.present.push_back(1);
    }
  }

  TempDir dir_;
  EvaluationSet set_;
  EvaluationVectors vectors_;
};

TEST_F(ContactSheetTest, HasQueriesWithTheirNearestImages) {
  ContactSheet sheet(set_, {.queries = 4, .results = 3, .side = 64});
  ASSERT_TRUE(sheet.add("arc & more", vectors_));
  const std::string html = sheet.html();
  EXPECT_EQ(count_of(html, "<tr>"), 4U);
  EXPECT_EQ(count_of(html, "class=\"query\""), 4U);
  EXPECT_EQ(count_of(html, "<img src=\"data:image/jpeg;base64,"), 16U);
  EXPECT_EQ(count_of(html, "class=\"same\"") + count_of(html, "class=\"other\""), 12U);
  EXPECT_THAT(html, HasSubstr("<h2>arc &amp; more</h2>"));
  EXPECT_THAT(html, HasSubstr("&lt;hats&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("<hats>")));
  EXPECT_THAT(html, HasSubstr("4 queries among 6 images."));
  EXPECT_THAT(html, Not(HasSubstr("http")));
  EXPECT_LT(html.size(), 60'000U);
}

TEST_F(ContactSheetTest, TheNearestComesFirstAndTheQueryIsNoResult) {
  ContactSheet sheet(set_, {.queries = 6, .results = 5, .side = 32});
  ASSERT_TRUE(sheet.add("arc", vectors_));
  const std::string html = sheet.html();
  // Of "belts", row 5 is last on the arc: 4 and 3 are nearest, and have its label.
  const std::vector<std::string> titles = titles_of(html);
  ASSERT_EQ(titles.size(), 36U);
  std::vector<std::string> row;
  for (std::size_t i = 0; i < titles.size(); i += 6) {
    if (titles[i] == "5.png")
      row.assign(titles.begin() + static_cast<std::ptrdiff_t>(i),
                 titles.begin() + static_cast<std::ptrdiff_t>(i) + 6);
  }
  EXPECT_THAT(row, ElementsAre("5.png", "4.png", "3.png", "2.png", "1.png", "0.png"));
  EXPECT_EQ(count_of(html, "title=\"5.png\""), 6U) << "once as a query, and beside each other one";
  EXPECT_THAT(html, HasSubstr("12 of 30 results have the class of their query (0.40)."));
}

TEST_F(ContactSheetTest, ASpaceHasASectionAndTheSameQueries) {
  ContactSheet sheet(set_, {.queries = 2, .results = 1, .side = 32});
  ASSERT_TRUE(sheet.add("one", vectors_));
  vectors_.present[0] = 0;
  ASSERT_TRUE(sheet.add("two", vectors_));
  EXPECT_EQ(count_of(sheet.html(), "<h2>"), 2U);
  vectors_.present.pop_back();
  EXPECT_EQ(sheet.add("three", vectors_).error().code, ErrorCode::kInvalid);
}

TEST_F(ContactSheetTest, QueriesAreThoseOfTheSet) {
  set_.has_gallery = true;
  set_.rows[1].is_query = true;
  ContactSheet sheet(set_, {.queries = 4, .results = 10, .side = 32});
  ASSERT_TRUE(sheet.add("arc", vectors_));
  EXPECT_EQ(count_of(sheet.html(), "class=\"query\""), 1U);
  EXPECT_THAT(sheet.html(), HasSubstr("1 queries among 5 images. 2 of 5 results"));
}

TEST_F(ContactSheetTest, AnImageThatIsGoneIsShownAsItsName) {
  std::filesystem::remove(set_.rows[2].image);
  ContactSheet sheet(set_, {.queries = 6, .results = 5, .side = 32});
  ASSERT_TRUE(sheet.add("arc", vectors_));
  EXPECT_THAT(sheet.html(), HasSubstr("<p>2.png</p>"));
}

}  // namespace
}  // namespace fit::evaluate
