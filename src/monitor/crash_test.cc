#include "monitor/crash.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "base/temp_dir.h"
#include "monitor/symbols.h"

namespace fit::monitor {
namespace {

[[gnu::noinline]] void crash_here(volatile int* place) {
  *place = 1;
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(Crash, LeavesItsStackForTheNextProcess) {
  const TempDir folder;
  const std::filesystem::path place = folder.path() / "crashes";
  EXPECT_TRUE(take_crashes(place).empty());
  const pid_t child = fork();
  if (child == 0) {
    record_crashes(place);
    const WorkScope scope(Work{.trace = {.trace_high = 1, .trace_low = 2, .span = 3}});
    crash_here(nullptr);
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGSEGV);
  const auto crashes = take_crashes(place);
  ASSERT_EQ(crashes.size(), 1U);
  const ErrorReport& crash = crashes.front();
  EXPECT_TRUE(crash.is_crash);
  EXPECT_EQ(crash.reason, "SIGSEGV");
  EXPECT_EQ(crash.trace.trace_id(), "00000000000000010000000000000002");
  EXPECT_LT(now() - crash.time, std::chrono::minutes(5));
  ASSERT_FALSE(crash.stack.empty());
  EXPECT_EQ(crash.stack.front().module, "fit");
  EXPECT_TRUE(crash.stack.front().function.ends_with("crash_here")) << crash.stack.front().function;
  EXPECT_TRUE(take_crashes(place).empty()) << "each is taken once";
}
#endif

TEST(Crash, DamagedFilesDoNoHarm) {
  const TempDir folder;
  std::ofstream(folder.path() / "a.crash") << "frame\nsignal\ntrace x\nframe zz\n\n";
  std::ofstream(folder.path() / "b.crash") << std::string(100'000, 'x');
  std::ofstream(folder.path() / "c.part") << "unfinished";
  const auto crashes = take_crashes(folder.path());
  ASSERT_EQ(crashes.size(), 1U);
  EXPECT_TRUE(crashes.front().stack.empty());
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "b.crash"));
}

TEST(Symbols, NameTheFunctionsOfThisProgram) {
  const auto symbols = Symbols::read("/proc/self/exe");
  ASSERT_TRUE(symbols) << symbols.error().describe();
  EXPECT_EQ(symbols->function_at(0), "");
  const TempDir folder;
  std::ofstream(folder.path() / "text") << "no program";
  EXPECT_FALSE(Symbols::read(folder.path() / "text"));
}

}  // namespace
}  // namespace fit::monitor
