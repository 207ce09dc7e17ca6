#pragma once

#include <map>
#include <memory>
#include <string>

#include "catalog/test_support.h"
#include "serving/embedder_pool.h"
#include "serving/searched_space.h"
#include "serving/shared_search.h"
#include "serving/space_opener.h"
#include "store/catalogue.h"

// Helpers for the tests of this folder: a real catalogue on SQLite whose spaces have small embedders.
namespace fit::serving::testing {

// Models by name, as if installed on a machine.
class FakeModels {
 public:
  // Makes the model known, or changes its version.
  void install(const std::string& name, const std::string& version = "1") { versions_[name] = version; }
  void remove(const std::string& name) { versions_.erase(name); }

  // `configured` is the model of the empty name.
  EmbedderPool::Factory factory(const std::string& configured);

  int made = 0;  // number of embedders made

 private:
  Result<embed::Space> space_of(const std::string& name) const;

  std::map<std::string, std::string> versions_;
};

// A catalogue with the models "one" (configured) and "two".
class TestCatalogue {
 public:
  TestCatalogue();

  // Adds an item with one drawn image, embedded into the space that is given.
  void put(SearchedSpace& space, int number);
  domain::SpaceRecord register_space(const std::string& name);
  std::int64_t count_vectors(const domain::SpaceRecord& space);
  SearchedSpace::Parts parts();
  SearchedSpace::Options options() const;

  FakeModels models;
  catalog::testing::Bench bench;
  EmbedderPool embedders;
  ontology::Ontology ontology;
  Metrics metrics;
  SharedSearch shared;
  SpaceOpener opener;
};

}  // namespace fit::serving::testing
