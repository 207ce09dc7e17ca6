#include "main/tenant.h"

#include "main/options.h"

namespace fit {

Result<std::unique_ptr<Tenant>> Tenant::open(Runtime& runtime, const Options& options) {
  std::unique_ptr<Tenant> tenant(new Tenant(runtime));
  const DatabaseSettings& database = runtime.config().database;
  FIT_TRY(tenant->store_, store::open_catalogue(database.url, store_options(database)));
  FIT_CHECK(tenant->open_texts());
  tenant->open_spaces(options);
  FIT_TRY(tenant->space_, tenant->opener_->open_active());
  return tenant;
}

Result<void> Tenant::open_texts() {
  if (runtime_.text_embedder() == nullptr) return {};
  FIT_TRY(texts_, serving::SearchedTexts::open({.store = *store_,
                                                .embedder = *runtime_.text_embedder(),
                                                .cache = runtime_.cache(),
                                                .log = runtime_.log(),
                                                .metrics = runtime_.metrics(),
                                                .on_change = [this] { changed(); }},
                                               {.index = index_options(runtime_.config()),
                                                .cache_time = runtime_.config().cache.time_to_live}));
  return {};
}

void Tenant::open_spaces(const Options& options) {
  shared_ = std::make_unique<serving::SharedSearch>(
      serving::SharedSearch::Parts{
          .store = *store_, .texts = texts_.get(), .log = runtime_.log(), .metrics = runtime_.metrics()},
      shared_search_options(runtime_.config()));
  opener_ = std::make_unique<serving::SpaceOpener>(
      serving::SearchedSpace::Parts{.store = *store_,
                                    .shared = *shared_,
                                    .embedders = runtime_.embedders(),
                                    .http = runtime_.http(),
                                    .files = runtime_.image_files(),
                                    .ontology = runtime_.ontology(),
                                    .cache = runtime_.cache(),
                                    .log = runtime_.log(),
                                    .metrics = runtime_.metrics(),
                                    .on_change = [this] { changed(); },
                                    .locks = write_locks_},
      space_options(runtime_.config(), runtime_.image_limits(), options.allow_local_paths));
}

Result<void> Tenant::start() {
  FIT_TRY(spaces_,
          serving::SpaceSwitch::open(
              {.store = *store_, .opener = *opener_, .log = runtime_.log(), .metrics = runtime_.metrics()},
              std::move(space_)));
  if (texts_) {
    text_filler_ = std::make_unique<serving::TextFiller>(serving::TextFiller::Parts{
        .vectors = texts_->vectors(), .embedder = texts_->embedder(), .log = runtime_.log()});
  }
  word_filler_ = std::make_unique<serving::WordFiller>(store_->words(), runtime_.log());
  word_filler_->start();
  // Both may write as soon as they run, and changed() uses both.
  spaces_->start();
  if (text_filler_) text_filler_->start();
  return {};
}

void Tenant::stop() {
  if (word_filler_) word_filler_->stop();
  if (text_filler_) text_filler_->stop();
  if (spaces_) spaces_->stop();
}

void Tenant::changed() {
  if (spaces_) spaces_->current()->notify();
  if (text_filler_) text_filler_->notify();
}

}  // namespace fit
