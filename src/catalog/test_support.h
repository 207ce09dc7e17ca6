#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "base/temp_dir.h"
#include "catalog/catalog.h"

// Helpers for the tests of catalog/ and ingest/: a real store in a temporary folder, generated images, a
// small embedder.
namespace fit::catalog::testing {

// An embedder of 48 dimensions: the mean colours of a 4 x 4 grid. Deterministic. It counts its calls and can
// be made to fail.
class GridEmbedder : public embed::Embedder {
 public:
  explicit GridEmbedder(std::string name = "grid");
  const embed::Space& space() const override { return space_; }
  int image_short_side() const override { return 64; }
  Result<media::Image> prepare(const media::Image& image) const override;
  Result<std::vector<embed::Vector>> embed_images(std::span<const media::Image> images) override;
  Result<std::vector<embed::Vector>> embed_texts(std::span<const std::string> texts) override;
  // With `predicts`: stripes (0.91) and a hoodie (`sure`) for every image.
  Result<std::vector<embed::PropertyPredictions>> predict(std::span<const embed::Vector> vectors) override;

  std::function<void()> on_prepare;  // called first by prepare(); may be empty
  std::function<void()> on_call;     // called first by embed_images() and predict(); may be empty
  std::atomic<bool> predicts{false};
  std::atomic<float> sure{0.85F};
  std::atomic<int> predicted{0};         // vectors that predict() was called with
  std::atomic<int> embedded_images{0};   // images that embed_images() was called with
  std::atomic<int> bad_red{-1};          // a batch with an image whose first pixel has this red fails
  std::atomic<bool> unavailable{false};  // every call fails

 private:
  embed::Space space_;
};

// An image of coloured blocks, determined by the seed.
media::Image drawn(std::uint64_t seed, int width = 120, int height = 160);
Bytes jpeg(std::uint64_t seed, int width = 120, int height = 160);

// An item of the source "shop" with the drawn images of these seeds.
ItemInput shop_row(const std::string& external_id, const std::string& title,
                   const std::vector<std::uint64_t>& images);

// The index of a property in domain::kProperties. The property must be one of them.
std::size_t index_of(std::string_view property);

void write_file(const std::filesystem::path& path, ByteView content);
void write_file(const std::filesystem::path& path, std::string_view content);

// The bytes of an image file that a client gets.
Bytes bytes_of(const ImageFile& file);
Bytes bytes_of(const Result<ImageFile>& file);

// A catalogue in a folder of its own, or of the caller's.
class Bench {
 public:
  // How the catalogue is set up.
  struct Options {
    std::filesystem::path folder = {};  // empty: a temporary folder
    bool allow_local_paths = true;
    bool allow_private_addresses = false;
    bool second_space = false;
  };
  Bench() : Bench(Options{}) {}
  explicit Bench(const Options& options);

  const std::filesystem::path& folder() const { return folder_; }
  // All items by ascending id.
  std::vector<domain::ItemRecord> items();
  domain::ItemRecord item(const std::string& source, const std::string& external_id);

  GridEmbedder embedder;
  GridEmbedder second{"second"};
  Metrics metrics;
  std::atomic<int> changes{0};
  std::unique_ptr<store::Catalogue> store;
  std::unique_ptr<net::HttpClient> http;
  std::unique_ptr<Catalog> catalog;
  std::vector<ActiveSpace> spaces;

 private:
  TempDir temp_;
  std::filesystem::path folder_;
};

}  // namespace fit::catalog::testing
