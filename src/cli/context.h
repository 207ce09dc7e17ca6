#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "base/config.h"
#include "base/log.h"
#include "base/result.h"
#include "media/image.h"
#include "serving/embedder_pool.h"
#include "serving/searched_space.h"
#include "serving/searched_texts.h"
#include "store/catalogue.h"

namespace fit::cli {

// A catalogue that a command works on.
struct OpenCatalogue {
  std::shared_ptr<void> owner;  // the other members live as long as it
  store::Catalogue& store;
  serving::SearchedSpace& space;            // the active space; load_search() has not been called
  serving::SearchedTexts* texts = nullptr;  // null: there is no text space
};

// The parts of the program that commands use. main/ makes it.
struct Context {
  const LoadedConfig& settings;
  const Log& log;
  // Requested by the first SIGINT or SIGTERM, for commands with OnSignal::kStop.
  std::stop_token stop;
  serving::EmbedderPool& embedders;
  media::Limits image_limits;
  store::GraphOptions graph;  // for the indexes that PostgreSQL holds
  // Opens the configured catalogue, whose items may name local files.
  std::function<Result<OpenCatalogue>()> open_catalogue;
  // Runs the server until a signal.
  std::function<Result<void>()> serve;

  const Config& config() const { return settings.config; }
};

}  // namespace fit::cli
