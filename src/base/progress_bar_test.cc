#include "base/progress_bar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fit {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ProgressBarTest : public ::testing::Test {
 protected:
  ProgressBar::Output output(bool is_terminal, int columns = 120) {
    return {[this](const std::string& text) { written_.push_back(text); }, is_terminal, columns,
            [this] { return now_; }};
  }

  std::vector<std::string> written_;
  std::chrono::steady_clock::time_point now_;
};

TEST_F(ProgressBarTest, TerminalShowsBarRateAndTimeLeft) {
  ProgressBar bar("import", "photos", output(true));
  bar.update(0, 2000);
  now_ += milliseconds(2000);
  bar.update(500, 2000);
  ASSERT_THAT(written_, SizeIs(2));
  EXPECT_EQ(written_[1],
            "\r\x1b[Kimport  [######..................]   25 %  500 / 2,000 photos  250/s  6 s left");
}

TEST_F(ProgressBarTest, TerminalIsDrawnAtMostTenTimesASecond) {
  ProgressBar bar("import", "rows", output(true));
  for (int i = 0; i < 1000; ++i) {
    bar.update(i, 1000);
    now_ += milliseconds(1);
  }
  EXPECT_THAT(written_, SizeIs(10));
  bar.finish();
  EXPECT_THAT(written_, SizeIs(12));
  EXPECT_EQ(written_.back(), "\n");
}

TEST_F(ProgressBarTest, LogGetsALineEveryTenSeconds) {
  ProgressBar bar("import", "rows", output(false));
  for (int i = 0; i <= 250; ++i) {
    bar.update(10 * i, 10'000);
    now_ += milliseconds(100);
  }
  EXPECT_THAT(written_, ElementsAre("import   10 %  1,000 / 10,000 rows  100/s  1:30 min left\n",
                                    "import   20 %  2,000 / 10,000 rows  100/s  1:20 min left\n"));
  bar.finish();
  EXPECT_THAT(written_.back(), HasSubstr("2,500 / 10,000 rows"));
}

TEST_F(ProgressBarTest, WithoutTotalThereIsNoTimeLeft) {
  ProgressBar bar("import", "rows", output(true));
  bar.update(0, 0);
  now_ += milliseconds(5000);
  bar.update(40, 0);
  EXPECT_EQ(written_.back(), "\r\x1b[Kimport  40 rows  8.0/s");
}

TEST_F(ProgressBarTest, NeverWiderThanTheTerminal) {
  ProgressBar bar("import", "rows", output(true, 20));
  bar.update(1, 1000);
  EXPECT_THAT(written_.back(), SizeIs(4 + 19));
}

TEST_F(ProgressBarTest, MoreDoneThanExpectedIsNotMoreThanAll) {
  ProgressBar bar("import", "rows", output(true));
  bar.update(1500, 1000);
  EXPECT_THAT(written_.back(), HasSubstr("100 %  1,500 / 1,500 rows"));
}

TEST_F(ProgressBarTest, NothingIsWrittenWithoutUpdates) {
  {
    ProgressBar bar("import", "rows", output(true));
    bar.finish();
  }
  EXPECT_THAT(written_, IsEmpty());
}

TEST_F(ProgressBarTest, AbandonedBarLeavesAFreshLine) {
  {
    ProgressBar bar("import", "rows", output(true));
    bar.update(1, 2);
    EXPECT_THAT(written_.back(), Not(EndsWith("\n")));
  }
  EXPECT_EQ(written_.back(), "\n");
}

}  // namespace
}  // namespace fit
