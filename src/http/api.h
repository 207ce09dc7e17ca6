#pragma once

#include <chrono>

#include "http/router.h"
#include "http/server.h"
#include "http/views.h"

namespace fit::http {

// What handlers work with. Lives as long as the server; handlers keep a reference.
struct Api {
  Api(ServerOptions given_options, Server::Parts given_parts)
      : options(std::move(given_options)), parts(std::move(given_parts)), views(options.cdn_base_url) {}

  ServerOptions options;
  Server::Parts parts;
  Views views;
  std::filesystem::path scratch_path;  // of this process alone; set when the server runs
  std::atomic<int> fetching{0};        // images being fetched for searches
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

// Each adds one group of addresses (docs/api.md lists them all).
void add_search_routes(Router& router, Api& api);     // /search_by_image, /api/v1/search
void add_item_routes(Router& router, Api& api);       // /api/v1/items...
void add_import_route(Router& router, Api& api);      // /api/v1/items/import
void add_sample_route(Router& router, Api& api);      // /api/v1/items/sample
void add_image_routes(Router& router, Api& api);      // /images/...
void add_embedding_routes(Router& router, Api& api);  // /v1/embeddings
void add_status_routes(Router& router, Api& api);     // /live, /ready, /health, /metrics
void add_page_routes(Router& router);                 // /, /docs, /openapi.json and what the pages load

Router make_router(Api& api);

}  // namespace fit::http
