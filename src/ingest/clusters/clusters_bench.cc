// Measures clusters of many images: the rebuild of all, and the assignment of new ones, on SQLite.
//
//   clusters_bench FOLDER [IMAGES [DIMENSIONS]]
//
// FOLDER gets the catalogue and its index, or has them from an earlier run with the same numbers. The images
// are synthetic: garments with 1 to 8 images each, whose vectors have a cosine of about 0.95 to each other,
// in random directions. Prints seconds of the rebuild by stage, milliseconds of an assignment, and the peak
// of the memory; the last line has the figures as JSON.
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/format.h"
#include "base/parallel.h"
#include "base/stopwatch.h"
#include "ingest/clusters/cluster_assigner.h"
#include "ingest/clusters/cluster_rebuild.h"
#include "ingest/clusters/clusters.h"
#include "search/index_searcher.h"
#include "search/space_index.h"

namespace fit::ingest {
namespace {

constexpr std::uint64_t kMostOfGarment = 8;
constexpr std::size_t kItemsAtOnce = 2'000;
constexpr std::size_t kAssigned = 2'000;
constexpr double kBenchThreshold = 0.9;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().describe());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// The vectors of garments, each determined by its number.
class GarmentVectors {
 public:
  explicit GarmentVectors(int dimensions) : dimensions_(static_cast<std::size_t>(dimensions)) {}

  std::vector<float> image(std::uint64_t garment, std::uint64_t number) const {
    std::vector<float> vector = direction(garment, 1);
    const std::vector<float> noise = direction(garment * 1'000 + number + 1, 0.23F);
    for (std::size_t i = 0; i < dimensions_; ++i) vector[i] += noise[i];
    scale(vector, 1);
    return vector;
  }

 private:
  std::vector<float> direction(std::uint64_t seed, float length) const {
    std::mt19937_64 random(seed * 0x9E3779B97F4A7C15ULL + 1);
    std::normal_distribution<float> normal;
    std::vector<float> vector(dimensions_);
    for (float& number : vector) number = normal(random);
    scale(vector, length);
    return vector;
  }
  static void scale(std::vector<float>& vector, float length) {
    float square = 0;
    for (const float number : vector) square += number * number;
    for (float& number : vector) number *= length / std::sqrt(square);
  }

  const std::size_t dimensions_;
};

std::uint64_t images_of_garment(std::uint64_t garment) {
  return 1 + garment * 2'654'435'761U % kMostOfGarment;
}

domain::ItemWrite bench_item(std::uint64_t number, std::uint64_t hash, std::int64_t space,
                             std::vector<float> vector) {
  domain::ItemWrite item;
  item.listing.source = "bench";
  item.listing.external_id = std::to_string(number);
  domain::ImageWrite image;
  image.sha256 = fit::format("{:064x}", number);
  image.location = "stored:" + image.sha256 + ".jpg";
  image.format = "jpeg";
  image.width = image.height = 100;
  image.perceptual_hash = hash;
  image.vectors.push_back({space, std::move(vector)});
  item.images.push_back(std::move(image));
  return item;
}

// Adds items, one an image, until the catalogue has `images`. Returns the number of garments.
std::uint64_t fill(store::Catalogue& store, std::int64_t space, const GarmentVectors& vectors,
                   std::uint64_t images) {
  const auto stored = static_cast<std::uint64_t>(must(store.items().counts()).images);
  std::uint64_t garment = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> batch;  // garment and number
  std::uint64_t done = 0;
  const auto write = [&] {
    std::vector<domain::ItemWrite> items(batch.size());
    parallel_for(batch.size(), {}, [&](std::size_t i) {
      const std::uint64_t hash = (done + i) * 0x9E3779B97F4A7C15ULL;
      items[i] = bench_item(done + i, hash, space, vectors.image(batch[i].first, batch[i].second));
    });
    must(store.items().upsert(items));
    done += batch.size();
    batch.clear();
    if (done % 100'000 == 0) std::cerr << fit::format("{} images written\n", done);
  };
  for (std::uint64_t total = 0; total < images; ++garment) {
    for (std::uint64_t i = 0; i < images_of_garment(garment) && total < images; ++i, ++total) {
      if (total < stored) {
        done = total + 1;
        continue;
      }
      batch.emplace_back(garment, i);
      if (batch.size() == kItemsAtOnce) write();
    }
  }
  if (!batch.empty()) write();
  return garment;
}

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Returns seconds.
double measure_rebuild(store::Catalogue& store, const search::VectorSearcher& searcher) {
  std::string stage;
  Stopwatch since_stage;
  const Progress progress([&](std::string_view name, std::int64_t done, std::int64_t total) {
    if (name != stage) {
      stage = name;
      since_stage = Stopwatch();
    }
    if (done == total) std::cout << fit::format("  {}: {:.1f} s\n", stage, since_stage.seconds());
  });
  const double before = peak_megabytes();
  const Stopwatch watch;
  const ClusterRebuildReport report =
      must(rebuild_clusters(store, searcher, {.threshold = kBenchThreshold}, progress, {}));
  const double seconds = watch.seconds();
  std::cout << fit::format(
      "rebuild: {:.1f} s, {} images, {} clusters; peak of memory {:.0f} MB, {:.0f} MB before\n", seconds,
      report.images, report.clusters, peak_megabytes(), before);
  return seconds;
}

// Returns the p95 in milliseconds.
double measure_assignment(store::Catalogue& store, const search::VectorSearcher& searcher,
                          const GarmentVectors& vectors, std::uint64_t garments) {
  Clusters clusters(store.database());
  ClusterAssigner assigner(
      {.searcher = searcher,
       .members = [&clusters](std::span<const ImageId> near) { return clusters.find(near); },
       .items = [&store](std::span<const ItemId> near) { return store.items().get(near); }},
      kBenchThreshold);
  std::vector<double> times;
  std::size_t joined = 0;
  for (std::uint64_t i = 0; i < kAssigned; ++i) {
    // A further image of a garment, or every tenth time of a new one.
    const std::uint64_t garment = i % 10 == 9 ? garments + i : i * 7'919 % garments;
    const ImageId image{static_cast<std::int64_t>(1'000'000'000 + i)};
    const domain::ImageVector own{image, {image.value}, vectors.image(garment, 100 + i)};
    domain::ImageRecord record;
    record.id = image;
    record.item = own.item;
    record.perceptual_hash = i;
    const Stopwatch watch;
    must(assigner.place(record, std::span(&own, 1)));
    times.push_back(watch.milliseconds());
    joined += assigner.placed().back().cluster.value > 0;
  }
  std::ranges::sort(times);
  std::cout << fit::format(
      "assignment: p50 {:.2f} ms, p95 {:.2f} ms, p99 {:.2f} ms; {} of {} joined a cluster\n",
      times[times.size() / 2], times[times.size() * 95 / 100], times[times.size() * 99 / 100], joined,
      times.size());
  return times[times.size() * 95 / 100];
}

void run(const std::filesystem::path& folder, std::uint64_t images, int dimensions) {
  std::filesystem::create_directories(folder);
  const auto store = must(store::open_catalogue("sqlite:///" + (folder / "fit.db").string()));
  const domain::SpaceRecord space = must(store->spaces().ensure({"bench", "bench", "1", dimensions}));
  const GarmentVectors vectors(dimensions);
  const std::uint64_t garments = fill(*store, space.id, vectors, images);
  search::SpaceIndex index(*store, {.folder = folder / "index", .space = space}, Log::silent());
  const Stopwatch building;
  must(index.catch_up());
  must(index.checkpoint());
  std::cout << fit::format("{} images of {} garments, {} dimensions; index ready after {:.1f} s\n", images,
                           garments, dimensions, building.seconds());
  const search::IndexSearcher searcher(index);
  const double rebuild_seconds = measure_rebuild(*store, searcher);
  const double assignment_ms = measure_assignment(*store, searcher, vectors, garments);
  std::cout << fit::format("{{\"rebuild_s\": {:.1f}, \"assignment_p95_ms\": {:.3f}}}\n", rebuild_seconds,
                           assignment_ms);
}

}  // namespace
}  // namespace fit::ingest

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    std::cerr << "usage: clusters_bench FOLDER [IMAGES [DIMENSIONS]]\n";
    return 2;
  }
  try {
    fit::ingest::run(std::filesystem::absolute(argv[1]), argc > 2 ? std::stoull(argv[2]) : 1'000'000,
                     argc > 3 ? std::stoi(argv[3]) : 512);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  return 0;
}
