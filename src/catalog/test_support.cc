#include "catalog/test_support.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <random>

#include "base/files.h"

namespace fit::catalog::testing {
namespace {

constexpr int kGrid = 4;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().describe());
  return *std::move(result);
}

void start_vips_once() {
  static const bool kStarted = media::start_vips().has_value();
  if (!kStarted) throw std::runtime_error("libvips does not start");
}

}  // namespace

GridEmbedder::GridEmbedder(std::string name) {
  space_.name = std::move(name);
  space_.model = "grid";
  space_.version = "1";
  space_.dimensions = kGrid * kGrid * 3;
}

Result<media::Image> GridEmbedder::prepare(const media::Image& image) const {
  if (on_prepare) on_prepare();
  return media::resize(image, 64, 64);
}

Result<std::vector<embed::Vector>> GridEmbedder::embed_images(std::span<const media::Image> images) {
  if (on_call) on_call();
  if (unavailable) return Error{ErrorCode::kUnavailable, "the model is unavailable", {}, {}};
  std::vector<embed::Vector> vectors;
  for (const media::Image& image : images) {
    if (image.rgb[0] == bad_red) return internal("the model has failed", {});
    FIT_TRY(const media::Image small, media::resize(image, kGrid, kGrid));
    embed::Vector vector(small.rgb.begin(), small.rgb.end());
    for (float& value : vector) value += 1;
    double sum = 0;
    for (const float value : vector) sum += static_cast<double>(value) * value;
    for (float& value : vector) value = static_cast<float>(value / std::sqrt(sum));
    vectors.push_back(std::move(vector));
  }
  embedded_images += static_cast<int>(images.size());
  return vectors;
}

Result<std::vector<embed::PropertyPredictions>> GridEmbedder::predict(
    std::span<const embed::Vector> vectors) {
  if (on_call) on_call();
  if (!predicts) return std::vector<embed::PropertyPredictions>(vectors.size());
  if (unavailable) return Error{ErrorCode::kUnavailable, "the model is unavailable", {}, {}};
  predicted += static_cast<int>(vectors.size());
  return std::vector<embed::PropertyPredictions>(
      vectors.size(), {{"pattern", {{"striped", 0.91F}, {"solid", 0.05F}}},
                       {"subcategory", {{"hoodie", sure.load()}, {"jacket", 0.1F}}}});
}

Result<std::vector<embed::Vector>> GridEmbedder::embed_texts(std::span<const std::string>) {
  return invalid("text", "has no text side");
}

media::Image drawn(std::uint64_t seed, int width, int height) {
  media::Image image{width, height, {}};
  image.rgb.resize(static_cast<std::size_t>(width) * height * 3);
  std::mt19937_64 random(seed);
  std::array<std::array<std::uint8_t, 3>, 64> colours{};
  for (auto& colour : colours) {
    for (auto& value : colour) value = static_cast<std::uint8_t>(random());
  }
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto& colour = colours[static_cast<std::size_t>((y * 8 / height * 8) + (x * 8 / width))];
      std::ranges::copy(colour, image.rgb.begin() + (static_cast<std::ptrdiff_t>(y) * width + x) * 3);
    }
  }
  return image;
}

Bytes jpeg(std::uint64_t seed, int width, int height) {
  start_vips_once();
  return must(media::encode_jpeg(drawn(seed, width, height), std::max(width, height), 90));
}

ItemInput shop_row(const std::string& external_id, const std::string& title,
                   const std::vector<std::uint64_t>& images) {
  ItemInput row;
  row.listing.source = "shop";
  row.listing.external_id = external_id;
  row.listing.title = title;
  for (const std::uint64_t seed : images) row.images.push_back({{}, jpeg(seed)});
  return row;
}

std::size_t index_of(std::string_view property) {
  return *domain::property_index(property);
}

void write_file(const std::filesystem::path& path, ByteView content) {
  write_file(path, as_text(content));
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

Bytes bytes_of(const ImageFile& file) {
  return file.path.empty() ? file.content : must(read_file(file.path, 1u << 30));
}

Bytes bytes_of(const Result<ImageFile>& file) {
  if (!file) throw std::runtime_error(file.error().describe());
  return bytes_of(*file);
}

Bench::Bench(const Options& options) : folder_(options.folder.empty() ? temp_.path() : options.folder) {
  start_vips_once();
  store = must(store::open_catalogue("sqlite:///" + (folder_ / "fit.db").string()));
  http = std::make_unique<net::HttpClient>(net::HttpClient::Options{
      .allow_private_addresses = options.allow_private_addresses, .sleep = [](std::chrono::milliseconds) {}});
  std::vector<embed::Embedder*> embedders{&embedder};
  if (options.second_space) embedders.push_back(&second);
  for (embed::Embedder* each : embedders) {
    const embed::Space& space = each->space();
    const auto record =
        must(store->spaces().ensure({space.name, space.model, space.version, space.dimensions}));
    spaces.push_back({record.id, each});
  }
  CatalogOptions catalog_options;
  catalog_options.allow_local_paths = options.allow_local_paths;
  catalog = std::make_unique<Catalog>(
      Catalog::Parts{*store, *http, local_image_files(folder_ / "storage"), spaces,
                     must(ontology::Ontology::load()), Log::silent(), metrics, [this] { ++changes; }},
      catalog_options);
}

std::vector<domain::ItemRecord> Bench::items() {
  return must(store->items().list(ItemId{}, 100'000));
}

domain::ItemRecord Bench::item(const std::string& source, const std::string& external_id) {
  const domain::ItemKey key{source, external_id};
  const auto known = must(store->items().find(std::span(&key, 1))).at(0);
  if (!known) throw std::runtime_error("there is no item " + external_id);
  return must(store->items().get(known->id));
}

}  // namespace fit::catalog::testing
