#pragma once

#include <optional>

#include "base/config.h"
#include "base/metrics.h"
#include "embed/provider.h"
#include "embed/remote_text_embedder.h"
#include "http/account_authenticator.h"
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

// Whether clients of other machines are expected: APP_HOST is not a loopback address, or PUBLIC_URL is set.
bool listens_beyond_loopback(const HttpSettings& settings);

// Whether everybody who reaches the server may do everything: it listens on loopback only and has neither
// PUBLIC_URL nor API_KEY.
bool is_open_to_all(const Config& config);

http::AccountAuthenticator::Options authenticator_options(const Config& config);

accounts::SessionLimits session_limits(const AccessSettings& settings);

// The limits that apply: those that are given, on a public server also the defaults, and always that of
// attempts to sign in.
http::RateLimits rate_limits(const Config& config);

// The files of TLS_CERT and TLS_KEY; nullopt when neither is set. kInvalid naming the one that is missing.
Result<std::optional<http::TlsFiles>> tls_files(const HttpSettings& settings);

// kInvalid naming ALLOWED_ORIGINS, ALLOWED_HOSTS or PUBLIC_URL. `metrics` and `authenticator` must outlive
// the middleware.
Result<http::MiddlewareOptions> middleware_options(const HttpSettings& settings, Metrics& metrics,
                                                   const Log& log, http::Authenticator& authenticator);

// `scratch_path` is a folder of this process alone, for request bodies; `tls` may be null. kInvalid naming
// TRUSTED_PROXIES.
Result<http::ServerOptions> server_options(const HttpSettings& settings,
                                           const std::filesystem::path& scratch_path,
                                           http::TlsCertificate* tls);

}  // namespace fit
