#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>
#include <random>
#include <thread>

#include "media/test_images.h"

namespace fit::media {
namespace {

using namespace std::string_view_literals;

const std::vector<std::string> kSuffixes = {".jpg", ".jpg[interlace]", ".png", ".png[interlace]", ".webp",
                                            ".gif", ".avif",           ".heic"};

class HostileTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(start_vips()); }
};

ErrorCode rejection(ByteView file, const Limits& limits = {}) {
  const auto image = decode("photo", file, 0, limits);
  if (image) {
    ADD_FAILURE() << "decoded to " << image->width << " x " << image->height;
    return ErrorCode::kInternal;
  }
  EXPECT_EQ(image.error().field, "photo");
  EXPECT_FALSE(image.error().message.empty());
  return image.error().code;
}

Bytes bytes_of(std::string_view text) {
  return {as_bytes(text).begin(), as_bytes(text).end()};
}

// Overwrites two 16-bit numbers from offset `at` on.
void patch_16(Bytes& file, std::size_t at, std::uint16_t first, std::uint16_t second, bool big_endian) {
  for (std::uint16_t value : {first, second}) {
    const auto high = static_cast<std::byte>(value >> 8), low = static_cast<std::byte>(value);
    file[at++] = big_endian ? high : low;
    file[at++] = big_endian ? low : high;
  }
}

long peak_memory_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// Resets the peak memory of this process to its current memory. False when the kernel does not allow it.
bool reset_peak_memory() {
  std::ofstream("/proc/self/clear_refs") << "5" << std::flush;
  return std::ofstream("/proc/self/clear_refs").good();
}

// The peak memory since reset_peak_memory(), in KiB.
long recent_peak_memory_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
  }
  return 0;
}

TEST_F(HostileTest, rejects_other_content) {
  EXPECT_EQ(rejection({}), ErrorCode::kMalformed);
  EXPECT_EQ(rejection(bytes_of("x")), ErrorCode::kMalformed);
  for (const std::string_view text :
       {"<!DOCTYPE html><html></html>"sv, "%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"sv,
        "<svg xmlns='http://www.w3.org/2000/svg' width='50' height='50'></svg>"sv,
        "{\"image\": \"jpeg\"} and more text"sv, "BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00"sv,
        "P6 20 20 255 and then some pixels, in a way"sv, "II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"sv,
        "RIFF\x24\x00\x00\x00WAVEfmt data"sv}) {
    EXPECT_EQ(rejection(bytes_of(text)), ErrorCode::kUnsupportedMedia) << text;
  }
  EXPECT_EQ(rejection(bytes_of("\x00\x00\x00\x18"
                               "ftypisom\x00\x00\x00\x00mp42avc1"sv)),
            ErrorCode::kUnsupportedMedia);
  EXPECT_EQ(rejection(save(quarters(40, 40), ".tif")), ErrorCode::kUnsupportedMedia);
}

TEST_F(HostileTest, detects_the_format_from_the_content_only) {
  EXPECT_EQ(rejection(bytes_of("\xff\xd8\xff\xe0 says JPEG, is a letter to you")), ErrorCode::kMalformed);
  EXPECT_EQ(rejection(bytes_of("\x89PNG\r\n\x1a\n says PNG, is a letter to you")), ErrorCode::kMalformed);
  EXPECT_EQ(rejection(bytes_of("GIF89a says GIF, is a letter to you")), ErrorCode::kMalformed);
  EXPECT_EQ(rejection(bytes_of("RIFF\x24\x00\x00\x00WEBPVP8 rubbish, rubbish, rubbish"sv)),
            ErrorCode::kMalformed);
  EXPECT_EQ(rejection(bytes_of("\x00\x00\x00\x18"
                               "ftypavif\x00\x00\x00\x00mif1miaf rubbish"sv)),
            ErrorCode::kMalformed);
  EXPECT_EQ(rejection(bytes_of("\x00\x00\x00\x18"
                               "ftypmif1\x00\x00\x00\x00heicmiaf rubbish"sv)),
            ErrorCode::kMalformed);
  Bytes mixed = save(quarters(40, 40), ".jpg");
  const Bytes png = save(quarters(40, 40), ".png");
  std::copy(png.begin(), png.begin() + 33, mixed.begin());
  EXPECT_EQ(rejection(mixed), ErrorCode::kMalformed);
}

TEST_F(HostileTest, rejects_truncated_files_at_every_length) {
  for (const std::string& suffix : kSuffixes) {
    const Bytes file = save(pattern(160, 120), suffix);
    const auto whole = decode("photo", file, 0);
    ASSERT_TRUE(whole) << suffix;
    const int most = suffix == ".jpg" ? 80 : 100;  // takes_a_jpeg_without_its_last_bytes
    for (int percent = 1; percent < most; percent += 7) {
      const ByteView cut = ByteView(file).first(std::max<std::size_t>(1, file.size() * percent / 100));
      EXPECT_EQ(rejection(cut), ErrorCode::kMalformed) << suffix << " cut at " << percent << " %";
    }
    if (suffix == ".jpg") continue;
    // Only bytes after the last pixel may be missing.
    for (std::size_t missing = 1; missing <= 24; ++missing) {
      const auto image = decode("photo", ByteView(file).first(file.size() - missing), 0);
      if (image) {
        EXPECT_EQ(image->rgb, whole->rgb) << suffix << " without its last " << missing << " bytes";
      } else {
        EXPECT_EQ(image.error().code, ErrorCode::kMalformed);
      }
    }
  }
}

TEST_F(HostileTest, takes_a_jpeg_without_its_last_bytes) {
  const Bytes file = save(pattern(160, 120), ".jpg");
  const auto whole = decode("photo", file, 0);
  ASSERT_TRUE(whole);
  for (std::size_t missing = 1; missing <= 24; ++missing) {
    const ByteView cut = ByteView(file).first(file.size() - missing);
    const auto image = decode("photo", cut, 0);
    ASSERT_TRUE(image) << "without its last " << missing << " bytes";
    EXPECT_EQ(image->height, whole->height);
    const auto same = static_cast<std::ptrdiff_t>(160 * 3 * (120 - 16));
    EXPECT_TRUE(std::equal(whole->rgb.begin(), whole->rgb.begin() + same, image->rgb.begin()));
    EXPECT_TRUE(decode("photo", cut, 60)) << "reduced, without its last " << missing << " bytes";
  }
}

TEST_F(HostileTest, survives_random_damage_without_output) {
  testing::internal::CaptureStderr();
  std::mt19937 random(20240607);
  for (const std::string& suffix : kSuffixes) {
    const Bytes file = save(pattern(96, 80), suffix);
    for (int n = 0; n < 60; ++n) {
      Bytes damaged = file;
      for (int flips = 1 + static_cast<int>(random() % 8); flips > 0; --flips) {
        damaged[random() % damaged.size()] = static_cast<std::byte>(random());
      }
      const auto image = decode("photo", damaged, 0);
      if (image) {
        EXPECT_EQ(image->rgb.size(), static_cast<std::size_t>(image->width) * image->height * 3);
      } else {
        EXPECT_EQ(image.error().field, "photo");
      }
    }
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(HostileTest, rejects_huge_headers_before_allocating_memory) {
  const Bytes jpeg = save(quarters(40, 40), ".jpg");
  Bytes huge_jpeg = jpeg;
  std::size_t sof = 2;
  while (jpeg[sof + 1] != std::byte{0xc0}) {
    sof +=
        2 + (std::to_integer<std::size_t>(jpeg[sof + 2]) << 8) + std::to_integer<std::size_t>(jpeg[sof + 3]);
  }
  patch_16(huge_jpeg, sof + 5, 50000, 50000, true);
  Bytes huge_gif = save(quarters(40, 40), ".gif");
  const auto frame = as_text(huge_gif).find(",\0\0\0\0\x28\0\x28\0"sv);
  ASSERT_NE(frame, std::string_view::npos);
  patch_16(huge_gif, 6, 50000, 50000, false);
  patch_16(huge_gif, frame + 5, 50000, 50000, false);
  // RIFF, "VP8L", signature, then 14 bits each of width and height.
  Bytes huge_webp = save(quarters(40, 40), ".webp[lossless,keep=none]");
  patch_16(huge_webp, 21, 0xbffe, 0x0fff, false);

  const long before = peak_memory_kib();
  EXPECT_EQ(rejection(black_png(50000, 50000, 1)), ErrorCode::kTooLarge);
  EXPECT_EQ(rejection(huge_jpeg), ErrorCode::kTooLarge);
  EXPECT_EQ(rejection(huge_gif), ErrorCode::kTooLarge);
  EXPECT_EQ(rejection(huge_webp), ErrorCode::kTooLarge);
  EXPECT_LT(peak_memory_kib() - before, 64 * 1024);
}

TEST_F(HostileTest, rejects_a_decompression_bomb) {
  const Bytes bomb = black_png(12000, 12000, 1200);
  EXPECT_LT(bomb.size(), 100'000u);
  const long before = peak_memory_kib();
  EXPECT_EQ(rejection(bomb), ErrorCode::kTooLarge);
  EXPECT_LT(peak_memory_kib() - before, 64 * 1024);
}

TEST_F(HostileTest, enforces_the_limits_of_the_caller) {
  const Bytes file = save(quarters(40, 30), ".png");
  EXPECT_EQ(rejection(file, {.max_bytes = file.size() - 1}), ErrorCode::kTooLarge);
  EXPECT_EQ(rejection(file, {.max_pixels = 40 * 30 - 1}), ErrorCode::kTooLarge);
  EXPECT_EQ(rejection(file, {.max_side = 39}), ErrorCode::kTooLarge);
  EXPECT_EQ(rejection(file, {.min_side = 31}), ErrorCode::kInvalid);
  EXPECT_TRUE(decode("photo", file, 0, {.max_bytes = file.size(), .max_pixels = 40 * 30, .min_side = 30}));
  EXPECT_EQ(rejection(save(quarters(1, 1), ".png")), ErrorCode::kInvalid);
  EXPECT_FALSE(probe("photo", save(quarters(1, 1), ".png")));
}

TEST_F(HostileTest, stops_at_the_deadline) {
  for (const std::string& suffix : kSuffixes) {
    const Bytes file = save(pattern(320, 240), suffix);
    EXPECT_EQ(rejection(file, {.max_time = std::chrono::milliseconds(0)}), ErrorCode::kDeadlineExceeded)
        << suffix;
  }
}

TEST_F(HostileTest, rejects_sides_whose_rows_alone_would_take_much_memory) {
  EXPECT_EQ(rejection(black_png(1'000'000, 100, 1)), ErrorCode::kTooLarge);
  EXPECT_EQ(rejection(black_png(100, 1'000'000, 1)), ErrorCode::kTooLarge);
  EXPECT_TRUE(probe("photo", black_png(32'768, 8, 1)));
}

TEST_F(HostileTest, a_frame_that_must_be_read_whole_takes_no_memory_of_this_process) {
  const Bytes file = black_interlaced_png(4000, 4000);
  ASSERT_TRUE(decode("photo", black_interlaced_png(1200, 1200), 32)) << "the test's own files are right";
  if (!reset_peak_memory()) GTEST_SKIP() << "the kernel does not reset peaks of memory";
  const long before = recent_peak_memory_kib();
  const auto image = decode("photo", file, 32);
  ASSERT_TRUE(image) << image.error().describe();
  EXPECT_EQ(image->width, 500);
  EXPECT_LT(recent_peak_memory_kib() - before, 24 * 1024) << "the frame alone has 48 MB";
}

TEST_F(HostileTest, an_image_that_needs_more_than_the_memory_of_all_is_refused) {
  ByteBudget memory(64u << 20);
  const Limits limits{.memory = &memory};
  const auto refused = decode("photo", black_interlaced_png(4000, 4000), 32, limits);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(refused.error().message.contains("67108864")) << refused.error().message;
  EXPECT_TRUE(decode("photo", black_png(3000, 3000, 3000), 32, limits)) << "it is read strip by strip";
  EXPECT_EQ(memory.held_bytes(), 0U);
}

TEST_F(HostileTest, decodes_wait_for_memory_that_others_hold) {
  ByteBudget memory(64u << 20);
  const Bytes file = save(quarters(40, 40), ".png");
  auto held = memory.take(64u << 20);
  EXPECT_EQ(rejection(file, {.memory = &memory, .max_wait = std::chrono::milliseconds(0)}),
            ErrorCode::kTooManyRequests);
  std::jthread waiting([&] {
    EXPECT_TRUE(decode("photo", file, 0, {.memory = &memory, .max_wait = std::chrono::minutes(5)}));
  });
  while (!memory.is_awaited()) std::this_thread::yield();
  held.release();
}

}  // namespace
}  // namespace fit::media
