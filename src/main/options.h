#pragma once

#include "base/config.h"
#include "base/metrics.h"
#include "embed/provider.h"
#include "embed/remote_text_embedder.h"
#include "http/server.h"
#include "media/image.h"
#include "serving/searched_space.h"
#include "store/catalogue.h"

// Make the options of each folder's objects from the settings. All are pure functions.
namespace fit {

store::GraphOptions graph_options(const DatabaseSettings& settings);

store::OpenOptions store_options(const DatabaseSettings& settings);

// `memory` must outlive the limits.
media::Limits image_limits(const MediaSettings& settings, ByteBudget& memory);

// The options of the named embedder: "builtin", "palette" or a model; empty means the configured one.
// `metrics` must outlive the embedder.
embed::EmbedderOptions embedder_options(const Config& config, Metrics& metrics, const std::string& name = "");

embed::RemoteTextEmbedder::Options text_embedder_options(const TextEmbeddingSettings& settings);

serving::SpaceIndexOptions index_options(const Config& config);
serving::SharedSearch::Options shared_search_options(const Config& config);

// `allow_local_paths`: whether items may name image files of this machine.
serving::SearchedSpace::Options space_options(const Config& config, const media::Limits& image_limits,
                                              bool allow_local_paths);

// The part of SHUTDOWN_TIMEOUT, which begins with the signal, in which in-flight requests may finish. The
// rest is for the end of connections and for the other parts of the program.
std::chrono::milliseconds drain_time_limit(const HttpSettings& settings);

// kInvalid naming ALLOWED_ORIGINS or ALLOWED_HOSTS. `metrics` must outlive the middleware.
Result<http::MiddlewareOptions> middleware_options(const HttpSettings& settings, Metrics& metrics,
                                                   const Log& log);

// `scratch_path` is a folder of this process alone, for request bodies.
http::ServerOptions server_options(const HttpSettings& settings, const std::filesystem::path& scratch_path);

}  // namespace fit
