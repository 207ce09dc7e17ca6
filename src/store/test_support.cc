#include "store/test_support.h"

#include <cmath>
#include <ostream>
#include <random>

#include "base/bytes.h"
#include "base/format.h"
#include "base/hash.h"
#include "store/migrate.h"
#include "store/test_postgres.h"

namespace fit::store::testing {
namespace {

void make_tables(const std::string& url) {
  migrate_database(url, {}).value();
}

// Makes partitions for some categories of make_listing(); the others lie in the rest.
void make_partitions(const std::string& url) {
  const VectorLayout layout = parse_layout(
                                  "[partition.some]\ncategories = [\"catego-0\", \"catego-4\"]\n"
                                  "[partition.one]\ncategories = [\"catego-1\"]\n")
                                  .value();
  make_tables(url);
  lay_out_database(url, {.wanted = &layout, .graph = {}, .environment = {}}, {}).value();
}

}  // namespace

std::string sqlite_url(const TempDir& folder, const std::string& name) {
  return "sqlite:///" + (folder.path() / name).string();
}

std::string catalogue_url(const TempDir& folder) {
  return postgres_url(folder, {.name = "catalogue", .fill = &make_tables});
}

std::vector<Engine> engines() {
  constexpr float kHalfPrecision = 1.0F / 2048;
  return {
      {"sqlite", [] { return true; }, [](const TempDir& folder) { return sqlite_url(folder); }},
      {"postgresql", &PostgresCluster::is_available, &catalogue_url, kHalfPrecision},
  };
}

std::vector<Engine> empty_engines() {
  std::vector<Engine> all = engines();
  all.back().url = [](const TempDir& folder) { return postgres_url(folder); };
  return all;
}

std::vector<Engine> engines_and_partitions() {
  std::vector<Engine> all = engines();
  Engine partitioned = all.back();
  partitioned.name += "_partitions";
  partitioned.url = [](const TempDir& folder) {
    return postgres_url(folder, {.name = "catalogue_partitions", .fill = &make_partitions});
  };
  all.push_back(std::move(partitioned));
  return all;
}

void PrintTo(const Engine& engine, std::ostream* out) {
  *out << engine.name;
}

std::vector<float> make_vector(std::size_t dimensions, std::uint64_t seed) {
  std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
  std::vector<float> values(dimensions);
  double squares = 0;
  for (float& value : values) {
    value = static_cast<float>(random()) / 2147483648.0F - 1.0F;
    squares += static_cast<double>(value) * value;
  }
  for (float& value : values) value = static_cast<float>(value / std::sqrt(squares));
  return values;
}

domain::Listing make_listing(std::int64_t number) {
  domain::Listing listing;
  listing.source = "test";
  listing.external_id = fit::format("listing-{:08}", number);
  listing.title = fit::format("Corduroy jacket number {}, très chic", number);
  listing.description = "Worn twice, no stains, from a home without pets. Sleeves are a little long. " +
                        std::string(static_cast<std::size_t>(number % 300), 'x');
  listing.brand = number % 3 == 0 ? "Levi's" : "Gap";
  listing.price = 5.0 + static_cast<double>(number % 1000) / 4;
  listing.currency = "EUR";
  listing.size = number % 2 == 0 ? "M" : "L";
  listing.url = fit::format("https://shop.example/listings/{}", number);
  listing.listed_at = Timestamp(std::chrono::microseconds(1'700'000'000'000'000 + number));
  for (std::size_t i = 0; i < domain::kProperties.size(); ++i) {
    listing.properties[i] =
        fit::format("{}-{}", domain::kProperties[i].substr(0, 6), (number + static_cast<int>(i)) % 7);
  }
  return listing;
}

std::string make_sha256(std::int64_t number) {
  return sha256_hex(as_bytes(std::to_string(number)));
}

domain::ImageWrite make_image(std::int64_t number) {
  domain::ImageWrite image;
  image.location = fit::format("stored:{}.jpg", number);
  image.sha256 = make_sha256(number);
  image.format = "jpeg";
  image.width = 640;
  image.height = 480;
  image.perceptual_hash = 0x8000000000000000U + static_cast<std::uint64_t>(number);
  return image;
}

domain::ItemWrite make_item(std::int64_t number) {
  return {.listing = make_listing(number),
          .content_hash = make_sha256(-number - 1),
          .images = {make_image(number)}};
}

domain::ItemWrite make_item(std::int64_t number, const domain::SpaceRecord& space) {
  domain::ItemWrite item = make_item(number);
  item.images.front().vectors = {{space.id, make_vector(static_cast<std::size_t>(space.dimensions),
                                                        static_cast<std::uint64_t>(number))}};
  return item;
}

}  // namespace fit::store::testing
