#include "main/searched_space.h"

#include <algorithm>

#include "base/format.h"
#include "main/app.h"
#include "search/database_backend.h"
#include "search/memory_backend.h"

namespace fit {
namespace {

constexpr std::size_t kFirstQuestion = 20;  // items asked for to warm up

net::HttpLimits fetch_limits(const Config& config) {
  net::HttpLimits limits;
  limits.total_timeout = config.fetch_timeout;
  limits.max_bytes = static_cast<std::uint64_t>(config.max_image_bytes);
  return limits;
}

}  // namespace

SearchedSpace::SearchedSpace(App& app, std::unique_ptr<embed::Embedder> embedder, bool is_chosen)
    : app_(app), is_chosen_(is_chosen), embedder_(std::move(embedder)) {}

SearchedSpace::~SearchedSpace() = default;

Result<std::unique_ptr<SearchedSpace>> SearchedSpace::open(App& app,
                                                           std::unique_ptr<embed::Embedder> embedder,
                                                           bool is_chosen) {
  std::unique_ptr<SearchedSpace> space(new SearchedSpace(app, std::move(embedder), is_chosen));
  FIT_TRY(space->record_, app.register_space(*space->embedder_));
  FIT_CHECK(space->open_rerank_spaces());
  std::vector<catalog::ActiveSpace> spaces = {{space->record_.id, space->embedder_.get()}};
  for (const search::RerankSpace& one : space->rerank_spaces_) {
    if (one.embedder != nullptr) spaces.push_back({one.space.id, one.embedder});
  }
  const Config& config = app.config();
  space->catalog_ = std::make_unique<catalog::Catalog>(
      catalog::Catalog::Parts{.store = app.store(),
                              .http = app.http(),
                              .files = catalog::local_image_files(config.storage_path),
                              .spaces = std::move(spaces),
                              .ontology = app.ontology(),
                              .log = app.log(),
                              .metrics = app.metrics(),
                              .on_change = [&app] { app.changed(); },
                              .locks = app.write_locks()},
      catalog::CatalogOptions{.image_limits = image_limits(config),
                              .fetch_limits = fetch_limits(config),
                              .thumbnail_side = static_cast<int>(config.thumbnail_size),
                              .allow_local_paths = app.takes_local_paths()});
  return space;
}

// A space of RERANK_SPACES is one that an embedder of that name makes, or one whose vectors were imported.
Result<void> SearchedSpace::open_rerank_spaces() {
  FIT_TRY(const auto wanted, search::parse_rerank_spaces(app_.config().rerank_spaces));
  if (wanted.empty()) return {};
  FIT_TRY(const auto known, app_.store().spaces().list());
  for (const search::RerankWeight& one : wanted) {
    if (one.space == record_.name) {
      if (!is_chosen_) {
        return invalid("RERANK_SPACES", fit::format("\"{}\" is the searched space itself", one.space));
      }
      app_.log().warning("RERANK_SPACES names the searched space itself, which counts once",
                         {{"space", one.space}});
      continue;
    }
    auto embedder = app_.open_embedder(one.space);
    if (embedder) {
      FIT_TRY(const auto record, app_.register_space(**embedder));
      rerank_spaces_.push_back({.space = record, .embedder = embedder->get(), .weight = one.weight});
      rerank_embedders_.push_back(*std::move(embedder));
      continue;
    }
    const auto imported = std::ranges::find(known, one.space, &domain::SpaceRecord::name);
    if (imported == known.end()) {
      return invalid("RERANK_SPACES",
                     fit::format("\"{}\" is neither a space of imported vectors nor an installed "
                                 "model: {}",
                                 one.space, embedder.error().message));
    }
    rerank_spaces_.push_back({.space = *imported, .weight = one.weight});
  }
  return {};
}

// What shapes answers beside the question and the catalogue.
std::string SearchedSpace::result_settings() const {
  const Config& config = app_.config();
  std::string settings = fit::format("{}/{}/{}", record_.id, config.max_image_bytes, config.max_image_pixels);
  if (app_.text_embedder() != nullptr) settings += fit::format("/texts {}", app_.text_space().id);
  for (const search::RerankSpace& one : rerank_spaces_) {
    settings += fit::format("/{}*{}{}", one.space.id, one.weight, one.embedder == nullptr ? "" : "+");
  }
  return settings;
}

void SearchedSpace::load_backend() {
  if (store::VectorSearch* const search = app_.store().vector_search()) {
    // An answer that is remembered must not be made with older values.
    const auto values_age = app_.cache() != nullptr ? std::chrono::seconds(0) : std::chrono::seconds(2);
    backend_ = std::make_unique<search::DatabaseBackend>(
        app_.store(), *search, record_, app_.metrics(), values_age,
        app_.text_embedder() != nullptr ? std::optional(app_.text_space()) : std::nullopt);
    return;
  }
  index_ = app_.make_index(record_);
  backend_ =
      std::make_unique<search::MemoryBackend>(app_.store(), *index_, app_.columns(), app_.text_index());
}

Result<void> SearchedSpace::load_search() {
  FIT_CHECK(app_.load_shared());
  load_backend();
  // Standbys may be behind the position that the primary tells: answers that they gave are not remembered.
  if (app_.cache() != nullptr && app_.config().database_read_url.empty()) {
    answers_ = std::make_unique<search::ResultCache>(search::ResultCache::Parts{
        .store = app_.store(),
        .backend = *backend_,
        .cache = *app_.cache(),
        .time_to_live = std::chrono::seconds(app_.config().vector_search_cache_ttl),
        .settings = result_settings(),
        .relevance = embedder_->space().relevance,
        .metrics = app_.metrics()});
  }
  engine_ = std::make_unique<search::SearchEngine>(
      search::SearchEngine::Parts{.store = app_.store(),
                                  .embedder = *embedder_,
                                  .backend = *backend_,
                                  .ontology = app_.ontology(),
                                  .rerank_spaces = rerank_spaces_,
                                  .image_limits = image_limits(app_.config()),
                                  .metrics = app_.metrics(),
                                  .answers = answers_.get(),
                                  .texts = app_.texts()});
  return {};
}

void SearchedSpace::follow() {
  const std::int64_t text_space = app_.text_embedder() == nullptr ? 0 : app_.text_space().id;
  state_metrics_ =
      std::make_unique<search::StateMetrics>(app_.store(), *backend_, text_space, app_.log(), app_.metrics());
  if (!index_) return;
  search::ChangeFollower::Options options;
  options.texts = app_.text_index();
  follower_ = std::make_unique<search::ChangeFollower>(app_.store(), app_.columns(), *index_, app_.log(),
                                                       app_.metrics(), options);
}

Result<void> SearchedSpace::warm_up(const std::stop_token& stop, const std::function<bool()>& is_wanted) {
  constexpr std::chrono::milliseconds kPoll{20};
  constexpr int kPollsASecond = 50;
  for (int polls = 1; !backend_->is_complete(); ++polls) {
    if (!wait_unless_stopped(stop, kPoll) || (polls % kPollsASecond == 0 && !is_wanted())) {
      return cancelled("is wanted no more");
    }
  }
  FIT_TRY(const embed::Vector vector, embed_grey_image(*embedder_));
  FIT_CHECK(backend_->refresh_values());
  FIT_TRY(const auto all, backend_->select({}));
  FIT_CHECK(backend_->nearest(vector, kFirstQuestion, *all));
  return {};
}

void SearchedSpace::begin_filling() {
  filler_ = std::make_unique<VectorFiller>(*catalog_, app_.store(), app_.log());
}

void SearchedSpace::notify() {
  if (follower_) follower_->notify();
}

}  // namespace fit
