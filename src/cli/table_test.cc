#include "cli/table.h"

#include <gtest/gtest.h>

namespace fit::cli {
namespace {

TEST(Table, AlignsByCharactersNotBytes) {
  Table table({"a", "b"});
  table.add({"é", "1"});
  table.add({"xyz", "2"});
  EXPECT_EQ(table.str(), "a    b\né    1\nxyz  2\n");
}

TEST(Table, CutsLongCellsButNotTheLast) {
  Table table({"a", "b"});
  const std::string text(100, 'x');
  table.add({text, text});
  EXPECT_NE(table.str().find(std::string(47, 'x') + "…  " + text), std::string::npos) << table.str();
}

TEST(Table, ATitleCannotMoveTheCursor) {
  Table table({"a"});
  table.add({"\x1b[2Jx\ny"});
  EXPECT_EQ(table.str(), "a\n [2Jx y\n");
}

}  // namespace
}  // namespace fit::cli
