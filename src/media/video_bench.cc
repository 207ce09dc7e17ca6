// The time of decode_video() for ten seconds of 1920 x 1080 at 30 frames a second:
//   ./dev build video_bench && ./dev shell build/release/src/media/video_bench
#include <benchmark/benchmark.h>

#include "base/temp_dir.h"
#include "media/test_videos.h"
#include "media/video.h"

namespace fit::media {
namespace {

// A picture that changes everywhere in every frame, which is harder than what cameras record.
void measure(benchmark::State& state, const std::vector<std::string>& codec, const char* name) {
  const TempDir folder;
  const auto file = folder.path() / name;
  std::vector<std::string> arguments = {
      "-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=10", "-vf", "noise=alls=8:allf=t"};
  arguments.insert(arguments.end(), codec.begin(), codec.end());
  make_video(arguments, file);
  std::size_t frames = 0;
  for (auto _ : state) {
    const auto video = decode_video("file", file);
    if (!video) return state.SkipWithError(video.error().describe().c_str());
    frames = video->frames.size();
  }
  state.counters["frames"] = static_cast<double>(frames);
}

}  // namespace
}  // namespace fit::media

int main(int argc, char** argv) {
  if (const auto started = fit::media::start_vips(); !started) return 1;
  const auto add = [](const char* name, std::vector<std::string> codec, const char* file) {
    benchmark::RegisterBenchmark(name,
                                 [=](benchmark::State& state) { fit::media::measure(state, codec, file); })
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime()
        ->Iterations(3);
  };
  add("h264", {"-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-b:v", "12M"}, "a.mp4");
  add("hevc",
      {"-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "8M", "-x265-params",
       "log-level=none"},
      "b.mp4");
  add("vp9", {"-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "8M"}, "a.webm");
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
