#include "base/machine_memory.h"

#include <gtest/gtest.h>

namespace fit {
namespace {

TEST(MachineMemory, SomeOfItIsAvailable) {
  ASSERT_TRUE(memory_limit());
  ASSERT_TRUE(available_memory());
  EXPECT_GT(*memory_limit(), std::uint64_t{64} << 20);
  EXPECT_GT(*available_memory(), 0U);
  EXPECT_LE(*available_memory(), *memory_limit());
}

}  // namespace
}  // namespace fit
