#include "base/subprocess.h"

#include <gtest/gtest.h>

#include <thread>

namespace fit {
namespace {

const std::atomic<bool> kGoOn = false;

TEST(Subprocess, TellsHowItEnded) {
  const auto good = run_program({"sh", "-c", "echo no; echo \"$WORD\" >&2"}, {{"WORD", "yes"}}, kGoOn);
  ASSERT_TRUE(good) << good.error().describe();
  EXPECT_EQ(good->status, 0);
  EXPECT_EQ(good->errors, "yes\n");
  EXPECT_EQ(run_program({"sh", "-c", "exit 7"}, {}, kGoOn)->status, 7);
  EXPECT_EQ(run_program({"sh", "-c", "kill -9 $$"}, {}, kGoOn)->status, 128 + 9);
}

TEST(Subprocess, KeepsTheEndOfLongOutput) {
  const auto done = run_program({"sh", "-c", "yes | head -c 1000000 >&2; echo last >&2"}, {}, kGoOn);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->errors.size(), 64 << 10);
  EXPECT_TRUE(done->errors.ends_with("last\n"));
}

TEST(Subprocess, NamesAMissingProgram) {
  const auto done = run_program({"fit-has-no-such-program"}, {}, kGoOn);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kNotFound);
  EXPECT_NE(done.error().message.find("fit-has-no-such-program"), std::string::npos);
}

TEST(Subprocess, IsStopped) {
  std::atomic<bool> stop = true;
  const auto done = run_program({"sleep", "1000"}, {}, stop);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace fit
