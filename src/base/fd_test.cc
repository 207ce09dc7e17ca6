#include "base/fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace fit {
namespace {

bool is_open(int number) {
  return ::fcntl(number, F_GETFD) >= 0;
}

Fd open_null() {
  return Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

TEST(Fd, ClosesWhatItOwns) {
  int number = -1;
  {
    const Fd fd = open_null();
    ASSERT_TRUE(fd);
    number = fd.get();
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(Fd, MovesOwnership) {
  Fd one = open_null();
  const int number = one.get();
  Fd other = std::move(one);
  EXPECT_EQ(other.get(), number);
  one = open_null();
  EXPECT_NE(one.get(), number);
  const int replaced = one.get();
  one = std::move(other);
  EXPECT_EQ(one.get(), number);
  other.close();
  EXPECT_FALSE(is_open(replaced));
  one.close();
  EXPECT_FALSE(is_open(number));
  EXPECT_FALSE(one);
  one.close();
}

TEST(Fd, MayBeEmpty) {
  EXPECT_FALSE(Fd());
  EXPECT_FALSE(Fd(-1));
}

}  // namespace
}  // namespace fit
