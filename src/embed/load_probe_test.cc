#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "base/files.h"
#include "base/format.h"
#include "base/temp_dir.h"
#include "embed/tiny_models.h"

namespace fit::embed {
namespace {

class LoadProbe : public ::testing::Test {
 protected:
  void run(int lines) {
    make_tiny_folder(dir_.path() / "tiny");
    const std::string command =
        fit::format("'{}' '{}' {} >'{}' 2>'{}'", FIT_LOAD_PROBE, (dir_.path() / "tiny").string(), lines,
                    (dir_.path() / "out").string(), (dir_.path() / "err").string());
    ASSERT_EQ(std::system(command.c_str()), 0)
        << text("out") << text("err");  // NOLINT(concurrency-mt-unsafe)
  }
  std::string text(const char* name) {
    const auto bytes = read_file(dir_.path() / name, 1 << 24);
    return bytes ? std::string(as_text(*bytes)) : std::string();
  }
  TempDir dir_;
};

TEST_F(LoadProbe, LoadingAModelWritesNothingToStandardError) {
  run(0);
  EXPECT_EQ(text("err"), "");
}

TEST_F(LoadProbe, OnnxRuntimeIsLoadedWithTheFirstModel) {
  run(0);
  EXPECT_EQ(text("out"), "0 1 loaded\n");
}

TEST_F(LoadProbe, ForwardsLinesOfOtherThreads) {
  run(20000);
  std::string expected;
  for (int i = 0; i < 20000; ++i) expected += "a line of another thread\n";
  EXPECT_EQ(text("err").size(), expected.size());
  EXPECT_EQ(text("err"), expected);
}

}  // namespace
}  // namespace fit::embed
