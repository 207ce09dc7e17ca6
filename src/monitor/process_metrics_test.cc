#include "monitor/process_metrics.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/temp_dir.h"
#include "catalog/backup.h"
#include "monitor/backup_age.h"
#include "store/test_support.h"

namespace fit::monitor {
namespace {

// The value of a metric without labels; -1 where it is not exposed.
double exposed_value(const Metrics& metrics, const std::string& name) {
  const std::string text = "\n" + metrics.expose();
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

TEST(ProcessMetrics, ShowsWhatTheProcessTakes) {
  const TempDir folder;
  Metrics metrics;
  show_process(metrics, folder.path());
  EXPECT_GT(exposed_value(metrics, "process_resident_memory_bytes"), 1 << 20);
  EXPECT_GT(exposed_value(metrics, "process_max_fds"), 2);
  EXPECT_GT(exposed_value(metrics, "process_start_time_seconds"), 1.7e9);
  EXPECT_GT(exposed_value(metrics, "fit_storage_free_bytes"), 0);
  EXPECT_GE(exposed_value(metrics, "fit_storage_size_bytes"),
            exposed_value(metrics, "fit_storage_free_bytes"));
  const double files = exposed_value(metrics, "process_open_fds");
  std::vector<std::ifstream> more;
  for (int i = 0; i < 5; ++i) more.emplace_back("/proc/self/statm");
  EXPECT_EQ(exposed_value(metrics, "process_open_fds"), files + 5);
}

TEST(ProcessMetrics, ProcessorTimeOnlyGrows) {
  const TempDir folder;
  Metrics metrics;
  show_process(metrics, folder.path());
  const double before = exposed_value(metrics, "process_cpu_seconds_total");
  EXPECT_GE(before, 0);
  volatile double sum = 0;
  while (exposed_value(metrics, "process_cpu_seconds_total") < before + 0.02) {
    for (int i = 0; i < 1'000'000; ++i) sum = sum + i;
  }
}

TEST(BackupAge, ShowsTheTimeOfTheLastBackup) {
  const TempDir folder;
  const auto store = store::open_catalogue(store::testing::sqlite_url(folder)).value();
  Metrics metrics;
  BackupAge age(*store, Log::silent(), metrics);
  EXPECT_EQ(exposed_value(metrics, "fit_backup_timestamp_seconds"), 0) << "there is none";
  age.start(std::chrono::milliseconds(1));
  ASSERT_TRUE(store->metadata().put(std::string(catalog::kLastBackup), "2026-12-01T03:15:00.5Z"));
  while (exposed_value(metrics, "fit_backup_timestamp_seconds") != 1796094900.5) std::this_thread::yield();
  age.stop();
}

}  // namespace
}  // namespace fit::monitor
