#include "base/progress.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace fit {
namespace {

TEST(ProgressTest, ReportsToNobodyByDefault) {
  const Progress progress;
  progress(1, 2);
  progress.stage("images")(1, 2);
}

TEST(ProgressTest, ReportsDoneAndTotal) {
  std::vector<std::pair<std::int64_t, std::int64_t>> reports;
  const Progress progress = [&](std::int64_t done, std::int64_t total) { reports.emplace_back(done, total); };
  progress(1, 0);
  progress.stage("images")(2, 3);
  EXPECT_EQ(reports, (std::vector<std::pair<std::int64_t, std::int64_t>>{{1, 0}, {2, 3}}));
}

TEST(ProgressTest, NamesTheStage) {
  std::vector<std::string> stages;
  const Progress progress = [&](std::string_view stage, std::int64_t, std::int64_t) {
    stages.emplace_back(stage);
  };
  progress(1, 2);
  progress.stage("database")(1, 2);
  EXPECT_EQ(stages, (std::vector<std::string>{"", "database"}));
}

TEST(ProgressTest, KeepsStateOfItsFunction) {
  std::int64_t seen = 0;
  const Progress progress = [&seen, calls = std::int64_t{0}](std::int64_t, std::int64_t) mutable {
    seen = ++calls;
  };
  progress(1, 1);
  progress(1, 1);
  EXPECT_EQ(seen, 2);
}

TEST(ProgressTest, ACounterReportsTheWorkOfAllThreads) {
  std::vector<std::int64_t> reports;
  const Progress progress = [&](std::int64_t done, std::int64_t total) {
    EXPECT_EQ(total, 400);
    reports.push_back(done);
  };
  ProgressCounter counter(progress, 400);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&counter] {
        for (int j = 0; j < 50; ++j) counter.add(2);
      });
    }
  }
  ASSERT_EQ(reports.size(), 200U);
  EXPECT_TRUE(std::ranges::is_sorted(reports));
  EXPECT_EQ(reports.back(), 400);
}

}  // namespace
}  // namespace fit
