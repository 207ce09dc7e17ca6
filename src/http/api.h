#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

#include "accounts/sign_in.h"
#include "base/metrics.h"
#include "http/router.h"
#include "media/image.h"
#include "search/result_views.h"

namespace fit::monitor {
class Health;
}
namespace fit::net {
class HttpClient;
}
namespace fit::ontology {
class Ontology;
}

namespace fit::http {

class AccountAuthenticator;

// Each function adds one group of routes to the router; docs/api.md describes the routes. References in a
// group's Deps must outlive the router.

// The dependencies of the search routes.
struct SearchRouteDeps {
  search::ResultViews views;
  net::HttpClient& http;  // fetches image_url
  std::size_t max_body_bytes = 0;
  std::size_t max_image_bytes = 0;  // of one image, decoded from base64
  std::chrono::milliseconds fetch_time_limit{20'000};
};
// /search_by_image, /api/v1/search
void add_search_routes(Router& router, SearchRouteDeps deps);

// The dependencies of the item routes.
struct ItemRouteDeps {
  search::ResultViews views;
  std::size_t max_body_bytes = 0;
  std::size_t max_image_bytes = 0;  // size of one image, decoded from base64
};
// /api/v1/items, /api/v1/items/{id}
void add_item_routes(Router& router, ItemRouteDeps deps);

// The dependencies of the import route.
struct ImportRouteDeps {
  std::filesystem::path scratch_path;  // of this process alone: holds the body while it is imported
  std::size_t max_body_bytes = 0;      // larger files are for `fit import`
  std::size_t threads = 0;             // of an import, as ingest::ImportOptions has them
};
// /api/v1/items/import
void add_import_route(Router& router, ImportRouteDeps deps);

// /api/v1/items/sample
void add_sample_route(Router& router);

// /api/v1/properties
void add_property_routes(Router& router, const ontology::Ontology& ontology);

// /images/{id}, /images/{id}/thumbnail
void add_image_routes(Router& router);

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
};
// /api/v1/auth/...
void add_account_routes(Router& router, const AccountRouteDeps& deps);

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

// What the status routes report.
struct StatusRouteDeps {
  const monitor::Health& health;
  Metrics& metrics;
  std::string version;
};
// /live, /ready, /health, /metrics
void add_status_routes(Router& router, StatusRouteDeps deps);

// The web app, /docs, /openapi.json and the files that they load
void add_page_routes(Router& router);

}  // namespace fit::http
