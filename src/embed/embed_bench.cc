#include <sys/resource.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>

#include "embed/batcher.h"
#include "embed/model_bench.h"
#include "embed/onnx_embedder.h"

// embed_bench FOLDER [THREADS [CONCURRENT [CLIENTS [BATCH]]]]: measures the model of a model folder, directly
// and through a BatchingEmbedder with CLIENTS threads that each embed one image after another.
namespace {

using fit::embed::BatchingEmbedder;
using Clock = std::chrono::steady_clock;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void print(const char* kind, const std::vector<fit::embed::BenchRow>& rows) {
  for (const auto& row : rows) {
    std::printf("%s batch %2d: median %8.2f ms, %8.2f ms each, %7.1f /s\n", kind, row.batch,
                row.median.count(), row.median.count() / row.batch, row.per_second);
  }
}

void run_clients(BatchingEmbedder& batcher, int clients) {
  fit::media::Image image{batcher.image_short_side(), batcher.image_short_side(), {}};
  std::mt19937 random(1);
  for (int i = 0; i < image.width * image.height * 3; ++i)
    image.rgb.push_back(static_cast<std::uint8_t>(random()));
  std::atomic<int> done = 0;
  const auto start = Clock::now();
  const double cpu = cpu_seconds();
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&] {
      while (Clock::now() - start < std::chrono::seconds(4)) {
        if (batcher.embed_images(std::span(&image, 1))) ++done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::printf("%d clients: %7.1f /s, %6.2f ms of processor time each\n", clients, done / seconds,
              (cpu_seconds() - cpu) * 1000 / done);
}

}  // namespace

int main(int count, char** arguments) {
  const auto number = [&](int index, int fallback) {
    return index < count ? std::stoi(arguments[index]) : fallback;
  };
  if (count < 2) return 2;
  const std::filesystem::path folder = arguments[1];
  const auto start = Clock::now();
  auto manifest = fit::embed::load_manifest(folder / "manifest.json");
  auto loaded = manifest ? fit::embed::OnnxEmbedder::load(fit::embed::ModelFiles(folder), *manifest,
                                                          {.threads = number(2, 0)})
                         : manifest.error();
  if (!loaded) return std::fprintf(stderr, "%s\n", loaded.error().describe().c_str()), 1;
  std::printf("loaded in %.0f ms\n", std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  const double cpu = cpu_seconds();
  const auto before = Clock::now();
  const auto report = fit::embed::bench(**loaded);
  if (!report) return std::fprintf(stderr, "%s\n", report.error().describe().c_str()), 1;
  print("images", report->images);
  print("texts ", report->texts);
  std::printf("%.2f processors busy\n",
              (cpu_seconds() - cpu) / std::chrono::duration<double>(Clock::now() - before).count());
  BatchingEmbedder batcher(*std::move(loaded), {.batch_size = number(5, 16), .max_concurrent = number(3, 1)});
  for (const int clients : {1, number(4, 8)}) run_clients(batcher, clients);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%ld MB peak memory\n", usage.ru_maxrss / 1024);
  return 0;
}
