#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "base/temp_dir.h"
#include "store/catalogue.h"

namespace fit::store::testing {

// "sqlite:///..." of a file in the folder.
std::string sqlite_url(const TempDir& folder, const std::string& name = "fit.db");

// Returns the URL of a PostgreSQL database that belongs to the folder, with the tables of an empty catalogue.
// They are copied, which takes a small part of the time that migrations take.
std::string catalogue_url(const TempDir& folder);

// How to get a database of one engine without items; the same folder gives the same database.
struct Engine {
  std::string name;
  std::function<bool()> is_available;
  std::function<std::string(const TempDir&)> url;
  float vector_tolerance = 0;  // by how much a vector's numbers, of at most 1, may come back changed
};
void PrintTo(const Engine& engine, std::ostream* out);

// Options for two writers of one database: a loaded machine may take long to let the other one through.
inline constexpr OpenOptions kPatient = {.busy_timeout = std::chrono::minutes(1)};
std::vector<Engine> engines();
// Those, but without tables in their databases.
std::vector<Engine> empty_engines();
// Those of engines(), and PostgreSQL with the vectors in partitions by category.
std::vector<Engine> engines_and_partitions();

// A vector that depends on the seed only, with L2 norm 1.
std::vector<float> make_vector(std::size_t dimensions, std::uint64_t seed);

// A listing of source "test" with every column filled from the number.
domain::Listing make_listing(std::int64_t number);

// 64 hex digits from the number.
std::string make_sha256(std::int64_t number);

domain::ImageWrite make_image(std::int64_t number);

// A listing with one image, without vectors and with an own content hash.
domain::ItemWrite make_item(std::int64_t number);

// The same with a vector in the space.
domain::ItemWrite make_item(std::int64_t number, const domain::SpaceRecord& space);

}  // namespace fit::store::testing
