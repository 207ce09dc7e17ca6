#pragma once

#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

#include "ingest/clusters/cluster_follower.h"
#include "ingest/clusters/clusters.h"
#include "search/test_catalogue.h"

namespace fit::ingest {

// An image of a test: its direction in degrees, so that the cosine of two images is that of their difference,
// and its perceptual hash.
struct TestImage {
  double degrees = 0;
  std::uint64_t hash = 0;
};

// An empty catalogue of one engine whose images are put into clusters when their cosine is at least 0.9,
// which is an angle of 25.8 degrees.
class TestClusters {
 public:
  explicit TestClusters(const store::testing::Engine& engine) : catalogue_(engine, "test", kDimensions) {}

  // Adds or replaces an item, and returns it as stored. Each image has a hash far from all others unless it
  // has one of its own.
  domain::ItemRecord put(int number, const std::vector<TestImage>& images,
                         const std::string& status = "active") {
    const domain::ItemWrite item = item_with(number, images, status);
    const ItemId id = store().items().upsert(std::span(&item, 1)).value().front().id;
    return store().items().get(id).value();
  }
  // Adds an item with one image.
  ImageId add(double degrees, std::uint64_t hash = 0) {
    return put(next_item_++, {{.degrees = degrees, .hash = hash}}).images.front().id;
  }
  // Adds an item for each direction, in one transaction. Returns the first of their images; the others
  // follow.
  ImageId add_all(const std::vector<double>& directions) {
    std::vector<domain::ItemWrite> items;
    for (const double degrees : directions)
      items.push_back(item_with(next_item_++, {{.degrees = degrees}}, "active"));
    const auto written = store().items().upsert(items).value();
    return store().items().get(written.front().id).value().images.front().id;
  }

  // Applies all changes to the index and the clusters.
  void follow() {
    catalogue_.catch_up();
    while (follower_.step().value()) {
    }
  }

  ClusterMember member(ImageId image) { return clusters().find(std::span(&image, 1)).value().at(0); }
  ClusterId cluster_of(ImageId image) { return member(image).cluster; }
  std::vector<ImageId> images_of(ClusterId cluster) {
    std::vector<ImageId> images;
    const auto members = clusters().members(cluster, {}, 1000).value();
    for (const ClusterMember& one : members) images.push_back(one.image);
    return images;
  }

  store::Catalogue& store() { return catalogue_.store(); }
  sql::Database& database() { return catalogue_.store().database(); }
  const search::VectorSearcher& searcher() { return catalogue_.searcher(); }
  Clusters clusters() { return Clusters(database()); }
  ClusterFollower& follower() { return follower_; }
  search::TestCatalogue& catalogue() { return catalogue_; }

  static constexpr double kThreshold = 0.9;
  static std::vector<float> direction(double degrees) {
    const double angle = degrees * std::numbers::pi / 180;
    return {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle)), 0, 0};
  }

 private:
  domain::ItemWrite item_with(int number, const std::vector<TestImage>& images, const std::string& status) {
    domain::ItemWrite item;
    item.listing = store::testing::make_listing(number);
    item.listing.status = status;
    for (const TestImage& image : images) {
      domain::ImageWrite write = store::testing::make_image(next_image_);
      write.perceptual_hash =
          image.hash != 0 ? image.hash : 0x9E3779B97F4A7C15ULL * static_cast<std::uint64_t>(next_image_);
      write.vectors.push_back({catalogue_.space().id, direction(image.degrees)});
      item.images.push_back(std::move(write));
      ++next_image_;
    }
    return item;
  }

  static constexpr int kDimensions = 4;

  search::TestCatalogue catalogue_;
  const embed::Space scale_{.name = "test", .model = "test", .version = "1", .dimensions = kDimensions};
  ClusterFollower follower_{
      {.store = catalogue_.store(),
       .search =
           [this] { return SearchLease{.owner = {}, .searcher = catalogue_.searcher(), .space = scale_}; },
       .log = Log::silent(),
       .metrics = catalogue_.metrics()},
      kThreshold};
  int next_item_ = 1'000;
  int next_image_ = 1;
};

// A test that runs on each engine.
class ClustersOnEngine : public testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    test_ = std::make_unique<TestClusters>(GetParam());
  }

  std::unique_ptr<TestClusters> test_;
};

}  // namespace fit::ingest
