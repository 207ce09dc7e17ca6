#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "embed/embedder.h"
#include "main/vector_filler.h"
#include "search/backend.h"
#include "search/change_follower.h"
#include "search/rerank.h"
#include "search/result_cache.h"
#include "search/search_engine.h"
#include "search/space_index.h"
#include "search/state_metrics.h"
#include "store/catalogue.h"

namespace fit {

class App;

// Everything that depends on the space that searches use: its model, its index and who keeps that in step,
// the engine with what it remembers, and the catalogue that embeds new images into it. A server holds two
// of them while it goes from one space to another. The App must outlive it.
class SearchedSpace {
 public:
  // Makes the embedder's space when it is new. `is_chosen`: by an operator, rather than by the settings.
  static Result<std::unique_ptr<SearchedSpace>> open(App& app, std::unique_ptr<embed::Embedder> embedder,
                                                     bool is_chosen);
  // Ends its threads and writes the index snapshot.
  ~SearchedSpace();
  SearchedSpace(const SearchedSpace&) = delete;
  SearchedSpace& operator=(const SearchedSpace&) = delete;

  // Makes the search ready: where the database does not search by itself, loads the index snapshot.
  // Afterwards backend() and engine() may be called.
  Result<void> load_search();

  // The rest is for servers, after load_search().

  // From now on the index follows the store.
  void follow();
  // Blocks until every vector is in the index, then asks a first question. kCancelled when stopped, or when
  // it is wanted no more, which is asked about once a second.
  Result<void> warm_up(const std::stop_token& stop, const std::function<bool()>& is_wanted);
  // Between these two calls, images without a vector get theirs.
  void begin_filling();
  void end_filling() { filler_.reset(); }
  // Something was written: look at once. Thread-safe.
  void notify();

  const domain::SpaceRecord& record() const { return record_; }
  bool is_chosen() const { return is_chosen_; }
  void set_chosen(bool is_chosen) { is_chosen_ = is_chosen; }
  embed::Embedder& embedder() { return *embedder_; }
  catalog::Catalog& catalog() { return *catalog_; }
  const search::Backend& backend() const { return *backend_; }
  search::SpaceIndex* index() { return index_.get(); }  // nullptr where the database has the index
  search::SearchEngine& engine() { return *engine_; }
  // How the index stands; from follow() on.
  search::StateMetrics& measured() { return *state_metrics_; }

 private:
  SearchedSpace(App& app, std::unique_ptr<embed::Embedder> embedder, bool is_chosen);

  Result<void> open_rerank_spaces();
  void load_backend();
  std::string result_settings() const;

  App& app_;
  std::atomic<bool> is_chosen_;
  const std::unique_ptr<embed::Embedder> embedder_;
  domain::SpaceRecord record_;
  std::vector<std::unique_ptr<embed::Embedder>> rerank_embedders_;
  std::vector<search::RerankSpace> rerank_spaces_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<search::SpaceIndex> index_;
  std::unique_ptr<search::Backend> backend_;
  std::unique_ptr<search::ResultCache> answers_;
  std::unique_ptr<search::SearchEngine> engine_;
  std::unique_ptr<search::StateMetrics> state_metrics_;
  std::unique_ptr<search::ChangeFollower> follower_;
  std::unique_ptr<VectorFiller> filler_;
};

}  // namespace fit
