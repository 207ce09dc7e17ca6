#include "serving/test_support.h"

#include "base/format.h"
#include "serving/space_records.h"

namespace fit::serving::testing {
namespace {

// The grid embedder with another name and version of its space.
class FakeEmbedder final : public embed::Embedder {
 public:
  explicit FakeEmbedder(embed::Space space) : space_(std::move(space)) {}
  const embed::Space& space() const override { return space_; }
  int image_short_side() const override { return grid_.image_short_side(); }
  Result<std::vector<embed::Vector>> embed_images(std::span<const media::Image> images) override {
    return grid_.embed_images(images);
  }
  Result<std::vector<embed::Vector>> embed_texts(std::span<const std::string> texts) override {
    return grid_.embed_texts(texts);
  }

 private:
  const embed::Space space_;
  catalog::testing::GridEmbedder grid_;
};

}  // namespace

Result<embed::Space> FakeModels::space_of(const std::string& name) const {
  const auto found = versions_.find(name);
  if (found == versions_.end()) return not_found(fit::format("there is no model '{}'", name));
  embed::Space space = catalog::testing::GridEmbedder().space();
  space.name = name;
  space.model = name;
  space.version = found->second;
  return space;
}

EmbedderPool::Factory FakeModels::factory(const std::string& configured) {
  const auto name_or = [configured](const std::string& name) { return name.empty() ? configured : name; };
  return {.space_of = [this, name_or](const std::string& name) { return space_of(name_or(name)); },
          .make = [this, name_or](const std::string& name) -> Result<std::unique_ptr<embed::Embedder>> {
            FIT_TRY(auto space, space_of(name_or(name)));
            ++made;
            return std::make_unique<FakeEmbedder>(std::move(space));
          }};
}

TestCatalogue::TestCatalogue()
    : embedders(models.factory("one")),
      ontology(ontology::Ontology::load().value()),
      shared({.store = *bench.store, .log = Log::silent(), .metrics = metrics}, {}),
      opener(parts(), options()) {
  models.install("one");
  models.install("two");
}

void TestCatalogue::put(SearchedSpace& space, int number) {
  const auto row = catalog::testing::shop_row(fit::format("{}", number), fit::format("item {}", number),
                                              {static_cast<std::uint64_t>(number)});
  space.catalog().put(row).value();
}

domain::SpaceRecord TestCatalogue::register_space(const std::string& name) {
  return serving::register_space(*bench.store, embedders.space_of(name).value()).value();
}

std::int64_t TestCatalogue::count_vectors(const domain::SpaceRecord& space) {
  return bench.store->vectors().count(space.id).value();
}

SearchedSpace::Parts TestCatalogue::parts() {
  return {.store = *bench.store,
          .shared = shared,
          .embedders = embedders,
          .http = *bench.http,
          .files = catalog::local_image_files(bench.folder() / "storage"),
          .ontology = ontology,
          .cache = nullptr,
          .log = Log::silent(),
          .metrics = metrics,
          .on_change = {},
          .locks = std::make_shared<catalog::WriteLocks>()};
}

SearchedSpace::Options TestCatalogue::options() const {
  SearchedSpace::Options options;
  options.index.folder = bench.folder() / "index";
  return options;
}

}  // namespace fit::serving::testing
