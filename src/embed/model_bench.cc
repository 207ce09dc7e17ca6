#include "embed/model_bench.h"

#include <algorithm>
#include <random>

namespace fit::embed {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

template <class Run>
Result<BenchRow> time_runs(int batch, std::chrono::milliseconds budget, const Run& run) {
  FIT_CHECK(run());
  std::vector<Milliseconds> times;
  const auto start = Clock::now();
  while (times.size() < 3 || Clock::now() - start < budget) {
    const auto before = Clock::now();
    FIT_CHECK(run());
    times.emplace_back(Clock::now() - before);
  }
  const double total_seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::ranges::sort(times);
  return BenchRow{batch, static_cast<int>(times.size()), times[times.size() / 2],
                  static_cast<double>(batch) * static_cast<double>(times.size()) / total_seconds};
}

media::Image noise(int size, std::mt19937& random) {
  media::Image image{size, size, {}};
  image.rgb.resize(static_cast<std::size_t>(size) * static_cast<std::size_t>(size) * 3);
  for (std::uint8_t& value : image.rgb) value = static_cast<std::uint8_t>(random());
  return image;
}

}  // namespace

Result<BenchReport> bench(Embedder& embedder, std::chrono::milliseconds time_per_row) {
  BenchReport report;
  std::mt19937 random(1);
  for (const int batch : {1, 8, 32}) {
    std::vector<media::Image> images;
    for (int i = 0; i < batch; ++i) images.push_back(noise(embedder.image_short_side(), random));
    FIT_TRY(const BenchRow row,
            time_runs(batch, time_per_row, [&] { return embedder.embed_images(images); }));
    report.images.push_back(row);
  }
  if (!embedder.space().has_text) return report;
  for (const int batch : {1, 8, 32}) {
    std::vector<std::string> texts;
    for (int i = 0; i < batch; ++i)
      texts.push_back("a photo of a red summer dress number " + std::to_string(i));
    FIT_TRY(const BenchRow row, time_runs(batch, time_per_row, [&] { return embedder.embed_texts(texts); }));
    report.texts.push_back(row);
  }
  return report;
}

}  // namespace fit::embed
