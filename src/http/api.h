#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "accounts/provider_sign_in.h"
#include "accounts/sign_in.h"
#include "base/log.h"
#include "base/metrics.h"
#include "http/router.h"
#include "media/image.h"
#include "search/result_views.h"

namespace fit::accounts {
class HistoryWriter;
}
namespace fit::embed {
class Detector;
}
namespace fit::monitor {
class Health;
class MetricHistory;
}  // namespace fit::monitor
namespace fit::net {
class HttpClient;
}
namespace fit::ontology {
class Ontology;
}
namespace fit::style {
class OutfitRecommender;
class WeatherService;
}  // namespace fit::style

namespace fit::http {

class AccountAuthenticator;
class AppFiles;
class FederatedSearch;

// Each function adds one group of routes to the router; docs/api.md describes the routes. References in a
// group's Deps must outlive the router.

// The dependencies of the search routes.
struct SearchRouteDeps {
  search::ResultViews views;
  net::HttpClient& http;  // fetches image_url
  std::size_t max_body_bytes = 0;
  std::size_t max_image_bytes = 0;  // of one image, decoded from base64
  std::chrono::milliseconds fetch_time_limit{20'000};
  accounts::HistoryWriter* history = nullptr;  // gets what users search for; null: nothing is recorded
  std::shared_ptr<FederatedSearch> federated;  // answers searches of several tenants
};
// /search_by_image, /api/v1/search
void add_search_routes(Router& router, SearchRouteDeps deps);

// The dependencies of the detection of garments.
struct DetectRouteDeps {
  net::HttpClient& http;                      // fetches image_url
  const embed::Detector* detector = nullptr;  // null: there is none
  std::size_t max_body_bytes = 0;
  std::size_t max_image_bytes = 0;  // of one image, decoded from base64
  std::chrono::milliseconds fetch_time_limit{20'000};
};
// /api/v1/detect
void add_detect_route(Router& router, const DetectRouteDeps& deps);

// The dependencies of the item routes.
struct ItemRouteDeps {
  search::ResultViews views;
  std::size_t max_body_bytes = 0;
  std::size_t max_image_bytes = 0;  // size of one image, decoded from base64
};
// /api/v1/items, /api/v1/items/{id}, /api/v1/items/{id}/history
void add_item_routes(Router& router, ItemRouteDeps deps);

// The dependencies of the import route.
struct ImportRouteDeps {
  std::filesystem::path scratch_path;  // of this process alone: holds the body while it is imported
  std::size_t max_body_bytes = 0;      // larger files are for `fit import`
  std::size_t threads = 0;             // of an import, as ingest::ImportOptions has them
};
// /api/v1/items/import
void add_import_route(Router& router, ImportRouteDeps deps);
// /api/v1/imports, /api/v1/imports/{id}, its preview, start, stop, undo and rejects
void add_import_job_routes(Router& router, const ImportRouteDeps& deps);

// The dependencies of the ingest routes.
struct IngestRouteDeps {
  std::size_t max_body_bytes = 0;  // of a request with files
};
// /api/v1/ingest
void add_ingest_route(Router& router, IngestRouteDeps deps);

// /api/v1/assets, /api/v1/assets/{id}
void add_asset_routes(Router& router);
// /api/v1/assets/{id}/content, its thumbnail and frames. Copies of files in a store elsewhere that are being
// sent take at most `max_copied_bytes` of disk together, or one larger file alone.
void add_asset_file_routes(Router& router, std::uint64_t max_copied_bytes);

// /api/v1/clusters, /api/v1/clusters/{id}, its label and split, /api/v1/clusters/merge, move and not-same
void add_cluster_routes(Router& router, search::ResultViews views);

// /api/v1/assets/{id}/labels/{field}, /api/v1/assets/{id}/labels/run
void add_label_routes(Router& router);

// /api/v1/uploads, /api/v1/uploads/{id}: resumable uploads by the tus protocol
void add_upload_routes(Router& router, IngestRouteDeps deps);
// /api/v1/jobs, /api/v1/jobs/{id}, /api/v1/jobs/{id}/cancel, /api/v1/queues, /api/v1/queues/{name}/pause and
// resume
void add_job_routes(Router& router);

// /api/v1/admin/dlq, /api/v1/admin/dlq/{id}, /api/v1/admin/dlq/{id}/retry, /api/v1/admin/dlq/retry
void add_dead_letter_routes(Router& router);

// The dependencies of the routes of sources.
struct SourceRouteDeps {
  std::chrono::milliseconds test_time_limit{20'000};  // within the time limit of requests
};
// /api/v1/sources, /api/v1/sources/test, /api/v1/sources/{id}, its run, stop, confirm and runs;
// /api/v1/capture
void add_source_routes(Router& router, const SourceRouteDeps& deps);

// /api/v1/items/sample
void add_sample_route(Router& router);

// The dependencies of the routes of reviews and of the block list.
struct ContentRouteDeps {
  search::ResultViews views;
  std::size_t max_body_bytes = 0;
  std::size_t max_image_bytes = 0;  // of one image, decoded from base64
  media::Limits image_limits = {};
  int thumbnail_side = 320;  // the size at which images are hashed, in pixels
};
// /api/v1/content/flagged, /api/v1/content/flagged/{id}, /api/v1/content/flagged/{id}/approve,
// /api/v1/content/blocked, /api/v1/content/blocked/{id}
void add_content_routes(Router& router, ContentRouteDeps deps);

// /api/v1/properties
void add_property_routes(Router& router, const ontology::Ontology& ontology);

// /images/{id}, /images/{id}/thumbnail
void add_image_routes(Router& router);
// /images/{id}/cutout, /images/{id}/recolor
void add_image_variant_routes(Router& router, const ontology::Ontology& ontology);

// The limits of the embedding route.
struct EmbeddingRouteDeps {
  std::size_t max_body_bytes = 0;
  media::Limits image_limits = {};
  std::uint64_t max_pixels = 100'000'000;        // width times height, summed over the images of a request
  std::chrono::milliseconds time_limit{30'000};  // of a request; checked between images and between batches
};
// /v1/embeddings, /v1/models, /v1/models/{id}
void add_embedding_routes(Router& router, EmbeddingRouteDeps deps);

// The dependencies of the key routes.
struct KeyRouteDeps {
  accounts::Accounts& accounts;
  AccountAuthenticator& authenticator;  // forgets callers when keys change
};
// /api/v1/keys, /api/v1/keys/{id}, /api/v1/keys/{id}/rotate
void add_key_routes(Router& router, const KeyRouteDeps& deps);

// The dependencies of the token routes.
struct TokenRouteDeps {
  accounts::Accounts& accounts;
  AccountAuthenticator& authenticator;  // forgets callers when a token is revoked
  std::chrono::hours max_lifetime{24};  // of a token
};
// /api/v1/tokens, /api/v1/tokens/revoke
void add_token_routes(Router& router, const TokenRouteDeps& deps);

// /api/v1/audit
void add_audit_route(Router& router, accounts::Accounts& accounts);

// The dependencies of the routes of signed-in users.
struct AccountRouteDeps {
  accounts::Accounts& accounts;
  accounts::SignIn& sign_in;
  AccountAuthenticator& authenticator;
  // Sends the user of an address a link for another password, later and on another thread. Empty: there is no
  // mail.
  std::function<void(const std::string& email, const accounts::SessionClient& client)> reset = {};
  std::string provider_name = {};  // of the sign-in provider; empty: there is none
  bool detects = false;            // whether garments in photos are found
};
// /api/v1/auth/...
void add_account_routes(Router& router, const AccountRouteDeps& deps);

// The dependencies of the routes of a sign-in provider.
struct OidcRouteDeps {
  accounts::Accounts& accounts;
  AccountAuthenticator& authenticator;
  accounts::ProviderSignIn* provider = nullptr;  // null: there is none
  std::string public_origin = {};                // of this server; empty: as each request addresses it
};
// /api/v1/auth/oidc/start, /api/v1/auth/oidc/callback
void add_oidc_routes(Router& router, const OidcRouteDeps& deps);

// The dependencies of the routes of a user's own profile.
struct ProfileRouteDeps {
  accounts::Accounts& accounts;
  accounts::SignIn& sign_in;
  AccountAuthenticator& authenticator;
  accounts::HistoryWriter& history;
};
// /api/v1/auth/me except GET, /api/v1/auth/me/export, /api/v1/auth/me/history
void add_profile_routes(Router& router, const ProfileRouteDeps& deps);

// The dependencies of the routes of favourites.
struct FavouriteRouteDeps {
  search::ResultViews views;
  accounts::Favourites& favourites;
};
// /api/v1/favourites, /api/v1/favourites/{id}, /api/v1/favourites/{id}/items,
// /api/v1/favourites/{id}/items/{item}
void add_favourite_routes(Router& router, FavouriteRouteDeps deps);

// The dependencies of the routes of saved searches.
struct SavedSearchRouteDeps {
  search::ResultViews views;
  accounts::Accounts& accounts;
  net::HttpClient& http;  // fetches image_url
  std::size_t max_body_bytes = 0;
  std::size_t max_image_bytes = 0;  // of one image, decoded from base64
  std::chrono::milliseconds fetch_time_limit{20'000};
  media::Limits image_limits = {};
};
// /api/v1/saved-searches, /api/v1/saved-searches/{id}, its alerts, photo and feed
void add_saved_search_routes(Router& router, SavedSearchRouteDeps deps);

// The dependencies of the routes of notifications.
struct NotificationRouteDeps {
  accounts::Accounts& accounts;
};
// /api/v1/notifications, its browsers, its test; confirming and unsubscribing by links
void add_notification_routes(Router& router, NotificationRouteDeps deps);

// /api/v1/feedback, /api/v1/feedback/{id}, /api/v1/feedback/merge
void add_feedback_routes(Router& router);
// /api/v1/for-you
void add_for_you_route(Router& router, search::ResultViews views);

// The limits of the routes of wardrobes.
struct WardrobeRouteDeps {
  std::size_t max_body_bytes = 0;   // of a request with a photo
  std::size_t max_image_bytes = 0;  // of one image, decoded from base64
};
// /api/v1/wardrobe, /api/v1/wardrobe/{id}, its wears and listing; the summary; /api/wardrobe,
// /api/wardrobe/{id}
void add_wardrobe_routes(Router& router, const WardrobeRouteDeps& deps);
// /api/v1/wardrobe/{id}/photos/{asset}, its thumbnail and cutout
void add_garment_photo_routes(Router& router);

// The limits of the routes of wardrobes as files.
struct WardrobeFileRouteDeps {
  std::filesystem::path scratch_path;   // of this process alone: holds archives that are being sent
  std::uint64_t max_scratch_bytes = 0;  // of all of them together
  std::size_t max_import_bytes = 0;     // of an archive that is imported
  std::size_t max_upload_bytes = 0;     // of a request with photos
};
// /api/v1/wardrobe/export.csv, export.zip, import and photos
void add_wardrobe_file_routes(Router& router, const WardrobeFileRouteDeps& deps);

// /api/v1/outfits, /api/v1/outfits/{id}, its wears, share and picture
void add_saved_outfit_routes(Router& router);
// /api/v1/shared-outfits/{token}, its pieces and picture
void add_shared_outfit_routes(Router& router);

// The dependencies of the routes of outfits.
struct RecommendRouteDeps {
  search::ResultViews views;
  std::shared_ptr<const style::OutfitRecommender> recommender;  // never null
  std::shared_ptr<style::WeatherService> weather = {};          // null: no weather is looked up
  std::size_t max_body_bytes = 0;
  std::size_t max_image_bytes = 0;  // of the photo, decoded from base64
};
// /api/v1/recommend, /api/recommend
void add_recommend_routes(Router& router, RecommendRouteDeps deps);

// How one-time links reach users.
struct UserLinks {
  // The address of a link, for people.
  std::function<std::string(accounts::LinkPurpose purpose, const std::string& token)> url_of;
  // Sends a user a link, later and on another thread. False: the mail cannot be sent. Empty: there is no
  // mail.
  std::function<bool(const accounts::User& user, const accounts::Accounts::Link& link)> send = {};
};
// The dependencies of the user routes.
struct UserRouteDeps {
  accounts::Accounts& accounts;
  AccountAuthenticator& authenticator;
  UserLinks links;
};
// /api/v1/users, /api/v1/users/{id}
void add_user_routes(Router& router, const UserRouteDeps& deps);

// The dependencies of the routes of tenants. The functions block.
struct TenantRouteDeps {
  accounts::Accounts& accounts;
  AccountAuthenticator& authenticator;  // forgets callers when tenants change
  // The errors of the settings of a tenant, naming "settings.NAME".
  std::function<Result<void>(const std::map<std::string, std::string>& settings)> check_settings;
  // Creates a tenant (tenants::create_tenant()).
  std::function<Result<accounts::Tenant>(const std::string& name, const accounts::TenantChange& given,
                                         const std::stop_token& stop)>
      create;
  // Removes a tenant (tenants::remove_tenant()); returns the folder of the backup for people, empty without
  // one.
  std::function<Result<std::string>(const std::string& name, bool with_backup, const std::stop_token& stop)>
      remove;
  // Called after the settings or quotas of a tenant have changed.
  std::function<void(const accounts::Tenant& tenant)> changed;
};
// /api/v1/tenants, /api/v1/tenants/{name}
void add_tenant_routes(Router& router, TenantRouteDeps deps);

// What the status routes report.
struct StatusRouteDeps {
  const monitor::Health& ready;  // of the tenant "default", by which /ready judges
  std::string version;
  bool detects = false;     // whether garments in photos are found
  bool has_metrics = true;  // false: there is no /metrics
};
// /live, /ready, /health, /metrics
void add_status_routes(Router& router, StatusRouteDeps deps);

// /api/v1/metrics/history, for callers in the tenant "default". `history` must outlive the router.
void add_metric_history_route(Router& router, const monitor::MetricHistory& history);

// /api/v1/indexes, /api/faiss
void add_index_routes(Router& router);

// /api/v1/admin/log-level: the levels of `log` and its copies
void add_log_level_routes(Router& router, const Log& log);

// /api/v1/alert-rules, /api/v1/alert-rules/{id}, its silence and test; /api/v1/alerts
void add_alert_rule_routes(Router& router);

// /api/v1/trends
void add_trend_routes(Router& router);

// /api/v1/experiments, /api/v1/experiments/{id}
void add_experiment_routes(Router& router);

// /api/v1/fusion
void add_fusion_routes(Router& router);

// The dependencies of the routes of short links.
struct LinkRouteDeps {
  std::string public_origin = {};  // of this server; empty: as each request addresses it
  std::size_t max_body_bytes = 0;
  std::size_t max_image_bytes = 0;  // of the photo, decoded from base64
  media::Limits image_limits = {};
};
// /api/v1/links, /api/v1/links/{code}, /s/{code}/photo
void add_link_routes(Router& router, LinkRouteDeps deps);

// What pages tell of themselves, and whom they tell it.
struct HeadRouteDeps {
  search::ResultViews views;
  std::string public_origin = {};  // of this server; empty: as each request addresses it
  std::string site_name;           // of the brand
  std::string currency = {};       // of prices without one
  Principal visitor;               // whoever sends no credentials
};
// The web app at /, /items/{id} and /s/{code}: pages with a head (page_head.h) of what the visitor may see
void add_headed_page_routes(Router& router, const std::shared_ptr<const AppFiles>& files, HeadRouteDeps deps);
// /robots.txt, /sitemap.xml, /sitemaps/{id}
void add_site_map_routes(Router& router, const HeadRouteDeps& deps);

// The other pages of the web app, /docs, /openapi.json and the files that they load
void add_page_routes(Router& router, const std::shared_ptr<const AppFiles>& files);

}  // namespace fit::http
