#include "base/subprocess.h"

#include <gtest/gtest.h>

namespace fit {
namespace {

TEST(Subprocess, ReportsItsExitStatus) {
  const auto good = run_program({"sh", "-c", "echo no; echo \"$WORD\" >&2"}, {{"WORD", "yes"}}, {});
  ASSERT_TRUE(good) << good.error().describe();
  EXPECT_EQ(good->status, 0);
  EXPECT_EQ(good->errors, "yes\n");
  EXPECT_EQ(run_program({"sh", "-c", "exit 7"}, {}, {})->status, 7);
  EXPECT_EQ(run_program({"sh", "-c", "kill -9 $$"}, {}, {})->status, 128 + 9);
}

TEST(Subprocess, KeepsTheEndOfLongOutput) {
  const auto done = run_program({"sh", "-c", "yes | head -c 1000000 >&2; echo last >&2"}, {}, {});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->errors.size(), 64 << 10);
  EXPECT_TRUE(done->errors.ends_with("last\n"));
}

TEST(Subprocess, NamesAMissingProgram) {
  const auto done = run_program({"fit-has-no-such-program"}, {}, {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kNotFound);
  EXPECT_NE(done.error().message.find("fit-has-no-such-program"), std::string::npos);
}

TEST(Subprocess, IsStopped) {
  std::stop_source stop;
  stop.request_stop();
  const auto done = run_program({"sleep", "1000"}, {}, stop.get_token());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace fit
