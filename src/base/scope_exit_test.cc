#include "base/scope_exit.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace fit {
namespace {

TEST(ScopeExit, CallsItsFunctionOnceHoweverTheScopeEnds) {
  int calls = 0;
  {
    const ScopeExit guard([&calls] { ++calls; });
    EXPECT_EQ(calls, 0);
  }
  EXPECT_EQ(calls, 1);
  const auto leave = [&calls](bool throws) {
    const ScopeExit guard([&calls] { ++calls; });
    if (throws) throw std::runtime_error("left");
  };
  leave(false);
  EXPECT_EQ(calls, 2);
  EXPECT_THROW(leave(true), std::runtime_error);
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace fit
