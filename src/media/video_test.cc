#include "media/video.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/files.h"
#include "base/format.h"
#include "base/temp_dir.h"
#include "media/test_images.h"
#include "media/test_videos.h"

namespace fit::media {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint64_t kWholeFile = 64 << 20;

std::vector<std::string> source(const std::string& picture) {
  return {"-f", "lavfi", "-i", picture};
}

template <class... More>
std::vector<std::string> joined(std::vector<std::string> all, const More&... more) {
  (all.insert(all.end(), more.begin(), more.end()), ...);
  return all;
}

using Words = std::vector<std::string>;
const Words kH264 = {"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"};

class VideoTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(start_vips()); }

  std::filesystem::path make(const std::string& name, const Words& arguments) {
    const auto file = folder_.path() / name;
    make_video(arguments, file);
    return file;
  }
  std::filesystem::path write(const std::string& name, ByteView content) {
    const auto file = folder_.path() / name;
    EXPECT_TRUE(write_file_atomically(file, content));
    return file;
  }
  // Two seconds of a moving test picture with sound.
  std::filesystem::path short_video(const std::string& name, const Words& codecs = kH264) {
    return make(name, joined(source("testsrc=s=320x240:r=15:d=2"), source("sine=d=2"), codecs));
  }
  Error rejection(const std::filesystem::path& file, const VideoLimits& limits = {}) {
    const auto video = decode_video("file", file, limits);
    if (video) {
      ADD_FAILURE() << file << " was decoded to " << video->frames.size() << " frames";
      return {};
    }
    EXPECT_EQ(video.error().field, "file");
    EXPECT_FALSE(video.error().message.empty());
    return video.error();
  }

  TempDir folder_;
};

TEST_F(VideoTest, EveryContainerIsRead) {
  struct Case {
    std::string name;
    Words codecs;
    VideoFormat format;
    std::string codec;
  };
  for (const Case& one :
       {Case{"a.mp4", kH264, VideoFormat::kMp4, "h264"},
        Case{"a.mov", {"-c:v", "mpeg4"}, VideoFormat::kMov, "mpeg4"},
        Case{"b.mov", {"-c:v", "prores"}, VideoFormat::kMov, "prores"},
        Case{"a.webm", {"-c:v", "libvpx", "-c:a", "libopus"}, VideoFormat::kWebm, "vp8"},
        Case{"b.webm",
             {"-c:v", "libvpx-vp9", "-deadline", "realtime", "-c:a", "libopus"},
             VideoFormat::kWebm,
             "vp9"},
        Case{"a.mkv",
             {"-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"},
             VideoFormat::kMatroska,
             "hevc"},
        Case{
            "c.webm", {"-c:v", "libaom-av1", "-cpu-used", "8", "-c:a", "libopus"}, VideoFormat::kWebm, "av1"},
        Case{"b.mkv", {"-c:v", "mjpeg"}, VideoFormat::kMatroska, "mjpeg"}}) {
    const auto file = short_video(one.name, one.codecs);
    const auto info = probe_video("file", file);
    ASSERT_TRUE(info) << one.name << ": " << info.error().describe();
    EXPECT_EQ(info->format, one.format) << one.name;
    EXPECT_EQ(info->codec, one.codec);
    const bool has_size = one.codec != "mpeg4";  // whose header leaves it to the decoder
    EXPECT_EQ(info->width, has_size ? 320 : 0) << one.name;
    EXPECT_EQ(info->height, has_size ? 240 : 0) << one.name;
    EXPECT_EQ(info->streams, 2);
    EXPECT_TRUE(info->has_sound);
    EXPECT_NEAR(static_cast<double>(info->duration.count()), 2000, 100) << one.name;
    const auto video = decode_video("file", file);
    ASSERT_TRUE(video) << one.name << ": " << video.error().describe();
    ASSERT_FALSE(video->frames.empty());
    EXPECT_LT(video->poster, video->frames.size());
    EXPECT_EQ(video->info.width, 320);
    EXPECT_EQ(video->info.height, 240);
    EXPECT_EQ(video->frames[0].image.width, 320);
    EXPECT_EQ(video->frames[0].image.rgb.size(), 320U * 240 * 3);
  }
}

TEST_F(VideoTest, EachSceneHasAFrame) {
  const auto file =
      make("scenes.mp4", joined(source("testsrc=s=320x240:r=15:d=1"), source("smptebars=s=320x240:r=15:d=1"),
                                source("rgbtestsrc=s=320x240:r=15:d=3"),
                                Words{"-filter_complex", "[0][1][2]concat=n=3"}, kH264));
  const auto video = decode_video("file", file);
  ASSERT_TRUE(video) << video.error().describe();
  ASSERT_GE(video->frames.size(), 3U);
  ASSERT_LE(video->frames.size(), 8U);
  for (std::size_t i = 1; i < video->frames.size(); ++i) {
    EXPECT_LT(video->frames[i - 1].at, video->frames[i].at);
  }
  EXPECT_LT(video->frames.front().at, milliseconds(1000));
  EXPECT_GE(video->frames.at(video->poster).at, milliseconds(2000)) << "the longest scene";
  const auto again = decode_video("file", file);
  ASSERT_EQ(again->frames.size(), video->frames.size());
  for (std::size_t i = 0; i < video->frames.size(); ++i) {
    EXPECT_EQ(again->frames[i].at, video->frames[i].at);
    EXPECT_TRUE(again->frames[i].image.rgb == video->frames[i].image.rgb);
  }
  EXPECT_EQ(decode_video("file", file, {.max_frames = 2})->frames.size(), 2U);
  EXPECT_EQ(decode_video("file", file, {.max_frames = 0}).error().code, ErrorCode::kInvalid);
}

TEST_F(VideoTest, TheSharpFramesOfASceneAreChosen) {
  const auto file =
      make("blurred.mp4", joined(source("smptebars=s=320x240:r=15:d=3"),
                                 Words{"-vf", "gblur=sigma=4:enable='lt(t,1)+gt(t,2)'"}, kH264));
  const auto video = decode_video("file", file);
  ASSERT_TRUE(video) << video.error().describe();
  ASSERT_EQ(video->frames.size(), 1U);
  EXPECT_GE(video->frames[0].at, milliseconds(1000));
  EXPECT_LE(video->frames[0].at, milliseconds(2000));
}

// A video whose quarters are red and green above blue and white.
Words quarters_source() {
  return joined(source("color=red:s=160x120:r=5:d=1"), source("color=lime:s=160x120:r=5:d=1"),
                source("color=blue:s=160x120:r=5:d=1"), source("color=white:s=160x120:r=5:d=1"),
                Words{"-filter_complex", "[0][1]hstack[a];[2][3]hstack[b];[a][b]vstack"});
}

std::string corner(const Image& image, double x, double y) {
  const auto [red, green, blue] =
      pixel(image, static_cast<int>(image.width * x), static_cast<int>(image.height * y));
  if (red > 200 && green > 200 && blue > 200) return "white";
  if (red > 200 && green < 60 && blue < 60) return "red";
  if (green > 200 && red < 60 && blue < 60) return "green";
  if (blue > 200 && red < 60 && green < 60) return "blue";
  return fit::format("{} {} {}", red, green, blue);
}

std::vector<std::string> corners(const Image& image) {
  return {corner(image, .25, .25), corner(image, .75, .25), corner(image, .25, .75), corner(image, .75, .75)};
}

TEST_F(VideoTest, RotationIsApplied) {
  const auto upright = make("upright.mp4", joined(quarters_source(), kH264));
  EXPECT_THAT(corners(decode_video("file", upright)->frames[0].image),
              ElementsAre("red", "green", "blue", "white"));
  const std::map<std::string, std::vector<std::string>> expected = {
      {"90", {"green", "white", "red", "blue"}},  // counter-clockwise
      {"180", {"white", "blue", "green", "red"}},
      {"270", {"blue", "red", "white", "green"}}};
  for (const auto& [angle, colours] : expected) {
    for (const char* ending : {".mp4", ".mov"}) {
      const auto file = make(angle + ending, {"-display_rotation", angle, "-i", upright, "-c", "copy"});
      const auto video = decode_video("file", file);
      ASSERT_TRUE(video) << video.error().describe();
      EXPECT_THAT(corners(video->frames[0].image), ::testing::ElementsAreArray(colours)) << angle << ending;
      const bool is_turned = angle != "180";
      EXPECT_EQ(video->frames[0].image.width, is_turned ? 240 : 320);
      EXPECT_EQ(probe_video("file", file)->width, is_turned ? 240 : 320);
      EXPECT_EQ(video->info.height, is_turned ? 320 : 240);
    }
  }
}

TEST_F(VideoTest, PixelsBecomeSquareAndLargeFramesSmaller) {
  const auto wide =
      make("wide.mp4", joined(source("testsrc=s=320x240:r=5:d=1"), Words{"-vf", "setsar=2"}, kH264));
  const auto video = decode_video("file", wide);
  ASSERT_TRUE(video) << video.error().describe();
  EXPECT_EQ(video->info.width, 640);
  EXPECT_EQ(video->frames[0].image.width, 640);
  EXPECT_EQ(video->frames[0].image.height, 240);
  const auto reduced = decode_video("file", wide, {.max_frame_side = 160});
  EXPECT_EQ(reduced->info.width, 640);
  EXPECT_EQ(reduced->frames[0].image.width, 160);
  EXPECT_EQ(reduced->frames[0].image.height, 60);
}

TEST_F(VideoTest, TruncatedFilesAreRefused) {
  const auto start_first = make(
      "start.mp4", joined(source("testsrc=s=320x240:r=15:d=4"), kH264, Words{"-movflags", "+faststart"}));
  for (const auto& file :
       {make("end.mp4", joined(source("testsrc=s=320x240:r=15:d=4"), kH264)), start_first,
        make("a.webm", joined(source("testsrc=s=320x240:r=15:d=4"), Words{"-c:v", "libvpx"})),
        make("a.mkv", joined(source("testsrc=s=320x240:r=15:d=4"), kH264))}) {
    const Bytes content = read_file(file, kWholeFile).value();
    ASSERT_TRUE(decode_video("file", file));
    for (const double share : {0.5, 0.05}) {
      const auto size = static_cast<std::size_t>(static_cast<double>(content.size()) * share);
      const auto cut = write("cut" + file.filename().string(), ByteView(content).first(size));
      EXPECT_EQ(rejection(cut).code, ErrorCode::kMalformed) << file << " " << share;
    }
  }
  EXPECT_EQ(rejection(write("empty.mp4", {})).code, ErrorCode::kMalformed);
}

TEST_F(VideoTest, SoundAloneIsNoVideo) {
  for (const char* name : {"sound.mp4", "sound.mkv", "sound.webm"}) {
    const Words codec = std::string(name).ends_with("webm") ? Words{"-c:a", "libopus"} : Words{"-c:a", "aac"};
    const Error error = rejection(make(name, joined(source("sine=d=1"), codec)));
    EXPECT_EQ(error.code, ErrorCode::kUnsupportedMedia) << name;
    EXPECT_EQ(error.message, "the file has sound only, no pictures");
  }
}

TEST_F(VideoTest, TenHoursAreRefusedByTheHeader) {
  for (const char* name : {"long.mp4", "long.mkv"}) {
    const auto file = make(name, joined(source("color=s=64x64:r=1/3600:d=36000"), kH264));
    const Error error = rejection(file);
    EXPECT_EQ(error.code, ErrorCode::kTooLarge) << name;
    EXPECT_THAT(error.message, HasSubstr("at most 600 are allowed"));
    EXPECT_EQ(probe_video("file", file).error().code, ErrorCode::kTooLarge);
    EXPECT_EQ(
        probe_video("file", file, {.max_duration = std::chrono::hours(11)})->duration.count() / 3'600'000,
        10);
  }
  // A live recording does not state its length.
  const auto live =
      make("live.mkv", joined(source("color=s=64x64:r=1/100:d=2000"), kH264, Words{"-live", "1"}));
  EXPECT_EQ(probe_video("file", live)->duration, milliseconds(0));
  EXPECT_EQ(rejection(live).code, ErrorCode::kTooLarge);
}

TEST_F(VideoTest, TooManyStreamsAreRefused) {
  const Bytes content =
      read_file(make("a.mp4", joined(source("testsrc=s=64x64:r=5:d=1"), kH264)), kWholeFile).value();
  EXPECT_TRUE(decode_video("file", write("some.mp4", with_copied_tracks(content, 3))));
  for (const int count : {32, 100, 10'000}) {
    const Error error = rejection(write("many.mp4", with_copied_tracks(content, count)));
    EXPECT_EQ(error.code, ErrorCode::kTooLarge) << count;
    EXPECT_THAT(error.message, HasSubstr("too many streams"));
  }
  Words maps;
  for (int i = 0; i < 40; ++i) maps.insert(maps.end(), {"-map", "0"});
  const auto mkv = make("many.mkv", joined(source("testsrc=s=64x64:r=5:d=1"), maps, kH264));
  EXPECT_THAT(rejection(mkv).message, HasSubstr("too many streams"));
}

TEST_F(VideoTest, LimitsHold) {
  const auto file = short_video("a.mp4");
  EXPECT_EQ(rejection(file, {.max_bytes = 1000}).code, ErrorCode::kTooLarge);
  EXPECT_EQ(rejection(file, {.max_duration = milliseconds(1000)}).code, ErrorCode::kTooLarge);
  EXPECT_EQ(rejection(file, {.max_pixels = 320 * 240 - 1}).code, ErrorCode::kTooLarge);
  EXPECT_EQ(rejection(file, {.max_time = milliseconds(1)}).code, ErrorCode::kDeadlineExceeded);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_THAT((std::vector{ErrorCode::kTooLarge, ErrorCode::kMalformed}),
              ::testing::Contains(rejection(file, {.max_memory = 1 << 20}).code));
#endif
  ByteBudget budget(1 << 20);
  const auto lease = budget.take(1);
  const Error busy = rejection(file, {.memory = &budget, .max_wait = milliseconds(1)});
  EXPECT_EQ(busy.code, ErrorCode::kTooManyRequests);
}

TEST_F(VideoTest, AHeaderThatLiesAboutItsPixelsIsRefused) {
  Bytes content = read_file(short_video("a.mp4"), kWholeFile).value();
  const std::size_t entry =
      as_text(content).find("avc1") == std::string_view::npos ? 0 : as_text(content).rfind("avc1");
  ASSERT_GT(entry, 0U);
  for (const std::size_t at : {entry + 28, entry + 30}) {
    content[at] = std::byte{0};
    content[at + 1] = std::byte{64};
  }
  const auto lying = write("lying.mp4", content);
  EXPECT_EQ(probe_video("file", lying)->width, 64);
  EXPECT_EQ(rejection(lying, {.max_pixels = 10'000}).code, ErrorCode::kMalformed);
}

TEST_F(VideoTest, OtherFilesAreRefused) {
  const auto codec =
      rejection(make("a.mkv", joined(source("testsrc=s=64x64:r=5:d=1"), Words{"-c:v", "ffv1"})));
  EXPECT_EQ(codec.code, ErrorCode::kUnsupportedMedia);
  EXPECT_THAT(codec.message, HasSubstr("ffv1"));
  const Bytes photo = save(quarters(64, 48), ".jpg");
  const Bytes avif = save(quarters(64, 48), ".avif");
  for (const ByteView content :
       {ByteView(photo), ByteView(avif), as_bytes("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"),
        as_bytes("ffconcat version 1.0\nfile '/etc/passwd'\n"), as_bytes("PK\3\4..............."),
        as_bytes("x")}) {
    EXPECT_EQ(rejection(write("other", content)).code, ErrorCode::kUnsupportedMedia);
    EXPECT_FALSE(sniff_video_format(content));
  }
  const auto avi = make("a.avi", joined(source("testsrc=s=64x64:r=5:d=1"), Words{"-c:v", "mpeg4"}));
  EXPECT_EQ(rejection(avi).code, ErrorCode::kUnsupportedMedia);
  EXPECT_EQ(rejection(folder_.path() / "nowhere").code, ErrorCode::kNotFound);
  EXPECT_EQ(rejection(folder_.path()).code, ErrorCode::kInvalid);
}

TEST_F(VideoTest, DamagedFilesNeverCrash) {
  constexpr int kCopies = 25;
  std::mt19937 random(17);
  const auto mp4 = short_video("a.mp4");
  const auto webm = short_video("a.webm", {"-c:v", "libvpx", "-c:a", "libopus"});
  const auto mkv = short_video("a.mkv");
  for (const auto& file : {mp4, webm, mkv}) {
    const Bytes whole = read_file(file, kWholeFile).value();
    for (int copy = 0; copy < kCopies; ++copy) {
      Bytes content = whole;
      // Most damage is where the headers are: at the ends.
      const std::size_t reach = copy % 2 == 0 ? std::min<std::size_t>(content.size(), 3000) : content.size();
      for (int i = 0; i < 1 << (copy % 8); ++i) {
        const std::size_t at = random() % reach;
        content[random() % 2 == 0 ? at : content.size() - 1 - at] = static_cast<std::byte>(random());
      }
      const auto video = decode_video("file", write("damaged", content), {.max_time = milliseconds(5000)});
      if (video) continue;
      EXPECT_EQ(video.error().field, "file");
      EXPECT_NE(video.error().code, ErrorCode::kInternal) << video.error().describe();
    }
  }
  EXPECT_TRUE(decode_video("file", mp4)) << "the decoders still work";
}

}  // namespace
}  // namespace fit::media
