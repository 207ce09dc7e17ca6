#pragma once

#include <optional>

#include "base/config.h"
#include "base/metrics.h"
#include "blobs/storage.h"
#include "catalog/content_filter.h"
#include "embed/caption_provider.h"
#include "embed/provider.h"
#include "embed/remote_text_embedder.h"
#include "http/account_authenticator.h"
#include "http/brand.h"
#include "http/federation.h"
#include "http/server.h"
#include "ingest/assets/asset_service.h"
#include "ingest/labels/label_worker.h"
#include "ingest/sources/source_worker.h"
#include "media/image.h"
#include "media/video.h"
#include "monitor/sentry.h"
#include "monitor/trace_exporter.h"
#include "net/http_client.h"
#include "notify/apns_client.h"
#include "notify/mail_sender.h"
#include "serving/exchange_rate_source.h"
#include "serving/searched_space.h"
#include "store/catalogue.h"

// Make the options of each folder's objects from the settings. All are pure functions but brand_of().
namespace fit {

store::GraphOptions graph_options(const DatabaseSettings& settings);

store::OpenOptions store_options(const DatabaseSettings& settings);

// The storage at `url`, or that of STORAGE_BACKEND where it is empty. kInvalid naming `field` or a setting.
Result<blobs::Storage> open_storage(const StorageSettings& settings,
                                    std::string_view field = "STORAGE_BACKEND", const std::string& url = "");

// `memory` must outlive the limits.
media::Limits image_limits(const MediaSettings& settings, ByteBudget& memory);
media::VideoLimits video_limits(const MediaSettings& settings, ByteBudget& memory);

// Where traces and reports of errors go; nullopt: nowhere. kInvalid naming a setting.
Result<std::optional<monitor::TraceExporterOptions>> trace_options(const TraceSettings& settings);
Result<std::optional<monitor::Sentry::Options>> sentry_options(const ErrorReportSettings& settings);

// The options of the named embedder: "builtin", "palette" or a model; empty means the configured one.
// `metrics` must outlive the embedder.
embed::EmbedderOptions embedder_options(const Config& config, Metrics& metrics, const std::string& name = "");

embed::RemoteTextEmbedder::Options text_embedder_options(const TextEmbeddingSettings& settings);

// The provider of captions and how labels are made. `ontology` has the values that captions may state.
embed::CaptionProvider::Options caption_options(const VlmSettings& settings,
                                                const ontology::Ontology& ontology);
ingest::LabelWorker::Options label_options(const VlmSettings& settings);

index::KindPolicy index_policy(const IndexSettings& settings);
serving::SpaceIndexOptions index_options(const Config& config);
serving::SharedSearch::Options shared_search_options(const Config& config);
serving::ExchangeRateSource::Options exchange_rate_options(const Config& config);

// `allow_local_paths`: whether items may name image files of this machine.
net::HttpLimits fetch_limits(const Config& config);
ingest::AssetService::Options asset_options(const Config& config, ByteBudget& video_memory);
// How the hosts of sources are asked, and how their listings are written.
ingest::Crawler::Options crawler_options(const CrawlSettings& settings);
ingest::SourceWorker::Options source_options(const Config& config);
serving::SearchedSpace::Options space_options(const Config& config, const media::Limits& image_limits,
                                              bool allow_local_paths);

// The options of a content filter that is not off. `classifier` may be null. kInvalid naming
// CONTENT_FILTER_THRESHOLDS.
Result<catalog::ContentFilter::Options> content_filter_options(const ContentSettings& settings,
                                                               const embed::ContentClassifier* classifier);

// The part of SHUTDOWN_TIMEOUT, which begins with the signal, in which in-flight requests may finish. The
// rest is for the end of connections and for the other parts of the program.
std::chrono::milliseconds drain_time_limit(const HttpSettings& settings);

// How searches of several tenants ask them.
http::Federation::Options federation_options(const Config& config);

// Whether clients of other machines are expected: APP_HOST is not a loopback address, or PUBLIC_URL is set.
bool listens_beyond_loopback(const HttpSettings& settings);

// Whether everybody who reaches the server may do everything: it listens on loopback only and has neither
// PUBLIC_URL nor API_KEY.
bool is_open_to_all(const Config& config);

// `provider` may be null; it must outlive the authenticator.
http::AccountAuthenticator::Options authenticator_options(const Config& config,
                                                          accounts::ProviderSignIn* provider);

accounts::SessionLimits session_limits(const AccessSettings& settings);

// How mail is sent; nullopt without SMTP_URL. kInvalid naming SMTP_URL or SMTP_FROM.
Result<std::optional<notify::MailSender::Options>> mail_options(const MailSettings& settings);
// How messages reach devices of Apple; nullopt without APNS_KEY_FILE. Reads the key. kInvalid naming a
// setting.
Result<std::optional<notify::ApnsClient::Options>> apns_options(const ApnsSettings& settings);

// The sign-in provider; nullopt without OIDC_ISSUER. kInvalid naming a setting.
struct ProviderOptions {
  accounts::OidcProvider::Options provider;
  accounts::ProviderSignIn::Options sign_in;
};
Result<std::optional<ProviderOptions>> provider_options(const OidcSettings& settings);

// The limits that apply: those that are given, on a public server also the defaults, and always that of
// attempts to sign in.
http::RateLimits rate_limits(const Config& config);

// How the app presents itself; reads the file of BRAND_LOGO. kInvalid naming one of the settings.
Result<http::Brand> brand_of(const BrandSettings& settings);

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
