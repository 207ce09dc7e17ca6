#include "serving/searched_space.h"

#include <algorithm>
#include <optional>

#include "base/background_task.h"
#include "base/format.h"
#include "embed/detector.h"
#include "search/index_searcher.h"
#include "search/pgvector_searcher.h"
#include "search/query_timer.h"
#include "serving/space_records.h"

namespace fit::serving {
namespace {

constexpr std::size_t kWarmUpItems = 20;
constexpr std::chrono::minutes kQualityInterval{10};

}  // namespace

SearchedSpace::SearchedSpace(const Parts& parts, const Options& options,
                             std::shared_ptr<embed::Embedder> embedder, bool is_chosen)
    : parts_(parts), options_(options), is_chosen_(is_chosen), embedder_(std::move(embedder)) {}

SearchedSpace::~SearchedSpace() = default;

Result<std::unique_ptr<SearchedSpace>> SearchedSpace::open(const Parts& parts, const Options& options,
                                                           std::shared_ptr<embed::Embedder> embedder,
                                                           bool is_chosen) {
  std::unique_ptr<SearchedSpace> space(new SearchedSpace(parts, options, std::move(embedder), is_chosen));
  FIT_TRY(space->record_, register_space(parts.store, space->embedder_->space()));
  FIT_CHECK(space->open_rerank_spaces());
  space->open_catalog();
  return space;
}

// Opens the rerank spaces. An embedder of this name makes the vectors of a space, or they were imported.
Result<void> SearchedSpace::open_rerank_spaces() {
  FIT_TRY(const auto wanted, search::parse_rerank_spaces(options_.rerank_spaces));
  if (wanted.empty()) return {};
  FIT_TRY(const auto known, parts_.store.spaces().list());
  for (const search::RerankWeight& one : wanted) {
    if (one.space == record_.name) {
      if (!is_chosen_) {
        return invalid("RERANK_SPACES", fit::format("\"{}\" is the searched space itself", one.space));
      }
      parts_.log.warning("RERANK_SPACES names the searched space itself, which counts once",
                         {{"space", one.space}});
      continue;
    }
    auto embedder = parts_.embedders.open(one.space);
    if (embedder) {
      FIT_TRY(const auto record, register_space(parts_.store, (*embedder)->space()));
      rerank_spaces_.push_back({.space = record, .embedder = embedder->get(), .weight = one.weight});
      rerank_embedders_.push_back(*std::move(embedder));
      continue;
    }
    const auto imported = std::ranges::find(known, one.space, &domain::SpaceRecord::name);
    if (imported == known.end()) {
      return invalid("RERANK_SPACES",
                     fit::format("\"{}\" is neither a space of imported vectors nor an installed model: {}",
                                 one.space, embedder.error().message));
    }
    rerank_spaces_.push_back({.space = *imported, .weight = one.weight});
  }
  return {};
}

void SearchedSpace::open_catalog() {
  std::vector<catalog::ActiveSpace> spaces = {{record_.id, embedder_.get()}};
  for (const search::RerankSpace& one : rerank_spaces_) {
    if (one.embedder != nullptr) spaces.push_back({one.space.id, one.embedder});
  }
  catalog_ =
      std::make_unique<catalog::Catalog>(catalog::Catalog::Parts{.store = parts_.store,
                                                                 .http = parts_.http,
                                                                 .files = parts_.files,
                                                                 .spaces = std::move(spaces),
                                                                 .ontology = parts_.ontology,
                                                                 .log = parts_.log,
                                                                 .metrics = parts_.metrics,
                                                                 .on_change = parts_.on_change,
                                                                 .locks = parts_.locks,
                                                                 .quotas = parts_.quotas,
                                                                 .content_filter = parts_.content_filter,
                                                                 .embed_later = parts_.embed_later},
                                         options_.catalog);
}

// The settings that determine results besides the query and the catalogue, for the key of the result cache.
std::string SearchedSpace::result_settings() const {
  const media::Limits& limits = options_.image_limits;
  std::string settings =
      fit::format("{}/{}/{}/{}", record_.id, limits.max_bytes, limits.max_pixels, limits.max_side);
  if (SearchedTexts* const texts = parts_.shared.texts()) {
    settings += fit::format("/texts {}", texts->space().id);
  }
  if (parts_.detector != nullptr) {
    const embed::Manifest& model = parts_.detector->manifest();
    settings += fit::format("/detector {} {}", model.name, model.version);
  }
  for (const search::RerankSpace& one : rerank_spaces_) {
    settings += fit::format("/{}*{}{}", one.space.id, one.weight, one.embedder == nullptr ? "" : "+");
  }
  return settings;
}

void SearchedSpace::load_searcher() {
  if (store::VectorSearch* const search = parts_.store.vector_search()) {
    searcher_ = std::make_unique<search::PgvectorSearcher>(parts_.store, *search, record_, parts_.metrics);
    return;
  }
  index_ = open_space_index(parts_.store, record_, options_.index, parts_.log);
  searcher_ =
      std::make_unique<search::IndexSearcher>(*index_, &search::index_seconds(parts_.metrics, record_.name));
}

void SearchedSpace::load_result_cache() {
  if (parts_.cache == nullptr || options_.reads_standbys) return;
  SearchedTexts* const texts = parts_.shared.texts();
  result_cache_ = std::make_unique<search::ResultCache>(
      search::ResultCache::Parts{.store = parts_.store,
                                 .searcher = *searcher_,
                                 .columns = parts_.shared.columns(),
                                 .text_searcher = texts == nullptr ? nullptr : &texts->searcher(),
                                 .cache = *parts_.cache,
                                 .time_to_live = options_.cache_time,
                                 .settings = result_settings(),
                                 .relevance = embedder_->space().relevance,
                                 .metrics = parts_.metrics,
                                 .rates = parts_.rates});
}

void SearchedSpace::make_recall_probe() {
  if (options_.recall_probe == 0) return;
  recall_ =
      std::make_unique<search::RecallProbe>(search::RecallProbe::Parts{.searcher = *searcher_,
                                                                       .columns = parts_.shared.columns(),
                                                                       .log = parts_.log,
                                                                       .metrics = parts_.metrics},
                                            search::RecallProbe::Options{.one_in = options_.recall_probe});
  quality_ =
      std::make_unique<search::QualityWatch>(search::QualityWatch::Parts{.store = parts_.store,
                                                                         .embedder = *embedder_,
                                                                         .searcher = *searcher_,
                                                                         .columns = parts_.shared.columns(),
                                                                         .log = parts_.log,
                                                                         .metrics = parts_.metrics},
                                             kQualityInterval);
}

Result<void> SearchedSpace::load_search() {
  FIT_CHECK(parts_.shared.load());
  load_searcher();
  load_result_cache();
  make_recall_probe();
  SearchedTexts* const texts = parts_.shared.texts();
  engine_ = std::make_unique<search::SearchEngine>(
      search::SearchEngine::Parts{.store = parts_.store,
                                  .embedder = *embedder_,
                                  .searcher = *searcher_,
                                  .columns = parts_.shared.columns(),
                                  .ontology = parts_.ontology,
                                  .rerank_spaces = rerank_spaces_,
                                  .image_limits = options_.image_limits,
                                  .metrics = parts_.metrics,
                                  .cache = result_cache_.get(),
                                  .recall = recall_.get(),
                                  .texts = texts == nullptr ? std::nullopt : std::optional(texts->search()),
                                  .rates = parts_.rates,
                                  .detector = parts_.detector,
                                  .slow = slow_searches()});
  return {};
}

std::optional<search::SlowSearches> SearchedSpace::slow_searches() const {
  if (options_.slow_query.count() == 0) return std::nullopt;
  return search::SlowSearches{.log = parts_.log, .from = options_.slow_query};
}

void SearchedSpace::follow() {
  SearchedTexts* const texts = parts_.shared.texts();
  state_metrics_ = std::make_unique<search::StateMetrics>(
      parts_.store, *searcher_, texts == nullptr ? 0 : texts->space().id, parts_.log, parts_.metrics);
  if (recall_) recall_->start();
  if (quality_) quality_->start();
  if (!index_) return;
  std::vector<search::Subscriber*> subscribers = {parts_.shared.memory_columns(), index_.get()};
  if (texts != nullptr) subscribers.push_back(texts->index());
  follower_ = std::make_unique<search::ChangeFollower>(std::move(subscribers), parts_.log, parts_.metrics,
                                                       search::ChangeFollower::Options{});
}

Result<void> SearchedSpace::warm_up(const std::stop_token& stop, const std::function<bool()>& is_wanted) {
  constexpr std::chrono::milliseconds kPoll{20};
  constexpr int kPollsPerSecond = 50;
  for (int polls = 1; !searcher_->is_complete(); ++polls) {
    if (!wait_unless_stopped(stop, kPoll) || (polls % kPollsPerSecond == 0 && !is_wanted())) {
      return Error{ErrorCode::kCancelled, "the space is no longer wanted", {}, {}};
    }
  }
  // A search with any vector reads the index. A remote provider, which may be away, is not asked for one.
  embed::Vector vector(static_cast<std::size_t>(embedder_->space().dimensions));
  vector.front() = 1;
  if (!embedder_->is_remote()) {
    FIT_TRY(vector, embed::embed_grey_image(*embedder_));
  }
  const search::ItemColumns& columns = parts_.shared.columns();
  FIT_CHECK(columns.refresh_values());
  FIT_TRY(const auto all, columns.select({}));
  FIT_CHECK(searcher_->nearest(vector, kWarmUpItems, all));
  return {};
}

void SearchedSpace::start_filling() {
  filler_ = std::make_unique<VectorFiller>(*catalog_, parts_.store, parts_.log, parts_.embed_later);
  filler_->start();
}

void SearchedSpace::notify() {
  if (follower_) follower_->notify();
}

}  // namespace fit::serving
