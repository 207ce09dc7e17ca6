#include "ingest/import/file_titles.h"

#include <gtest/gtest.h>

namespace fit::ingest {
namespace {

TEST(FileTitles, NamesThatSaySomething) {
  const std::pair<const char*, const char*> cases[] = {
      {"Levi's 501 W32 L34", "Levi's 501 W32 L34"},
      {"red_wool-coat", "red wool coat"},
      {"red.wool.coat", "red wool coat"},
      {"Dr. Martens 1460", "Dr. Martens 1460"},
      {"dress", "dress"},
      {"化妆包", "化妆包"},
      {"IMG_2041 blue dress", "IMG 2041 blue dress"},
      {"2024-05 Zara blazer", "2024 05 Zara blazer"},
      {"black dress front", "black dress front"},
  };
  for (const auto& [stem, title] : cases) EXPECT_EQ(file_title(stem), title) << stem;
}

TEST(FileTitles, NamesThatCamerasAndProgramsGive) {
  for (const char* stem : {"IMG_2041",
                           "DSC00012",
                           "PXL_20240102_101112345",
                           "3f2a91bc-0d1e",
                           "0f3c9a1b7d3e4f5a",
                           "20240102_101112",
                           "12",
                           "WhatsApp Image 2024-01-02 at 10.11.12",
                           "Screenshot 2024-01-02 at 10.11.12",
                           "image (3)",
                           "photo-1",
                           "download",
                           "unnamed",
                           "IMG-20240102-WA0001",
                           "Screenshot_20240102-101112",
                           "signal-2024-01-02-101112",
                           "",
                           "-",
                           "a1b2c3d4e5",
                           "main",
                           "1_front",
                           "5b0e8c2d-93a1-4f0e-8f6a-1c2b3d4e5f60",
                           "\xFF\xFE"}) {
    EXPECT_EQ(file_title(stem), "") << stem;
  }
}

}  // namespace
}  // namespace fit::ingest
