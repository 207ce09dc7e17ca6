#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "media/image.h"

namespace fit::catalog {
class Catalog;
}
namespace fit::embed {
class Embedder;
}
namespace fit::net {
class HttpClient;
}
namespace fit::search {
class SearchEngine;
}
namespace fit::monitor {
class Health;
}

namespace fit::http {

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8000;
  std::size_t io_threads = 2;       // event loops
  std::size_t worker_threads = 16;  // requests worked on at a time; they meet in the embedder's batches
  std::size_t max_queued = 256;     // requests waiting for a worker; more are answered 429
  std::size_t max_connections = 4096;
  std::size_t max_body_bytes = 32u << 20;                // of a search or an item
  std::size_t max_import_bytes = 1u << 30;               // of an import; larger files are for `fit import`
  std::size_t max_image_bytes = 20u << 20;               // of one image, decoded from base64
  std::chrono::milliseconds request_time_limit{30'000};  // imports have none
  std::chrono::milliseconds idle_time_limit{600'000};    // of a connection on which nothing moves
  std::chrono::milliseconds drain_time_limit{30'000};    // for requests still running when stopping
  std::filesystem::path scratch_path;  // for bodies too large for memory; processes may share it
  std::string cdn_base_url;            // in front of the addresses of our images; empty: relative addresses
  std::string cors_origin;             // "*" or one origin that browsers may call from; empty: none
  std::string version;
};

// What depends on the space that is searched. A request works with one of these from its beginning to its
// end, so that the space may be exchanged meanwhile.
struct Serving {
  std::shared_ptr<const void> keeps;  // the others live as long as this
  search::SearchEngine& engine;
  catalog::Catalog& catalog;     // must refuse local paths: what it reads comes from strangers
  embed::Embedder& embedder;     // for /v1/embeddings
  bool has_text_search = false;  // whether words are compared with images
};

// The HTTP API and the plain page. One per process (Drogon's application is a singleton). Does not own its
// parts; they must outlive it.
class Server {
 public:
  struct Parts {
    std::function<Serving()> serving;  // thread-safe and quick
    const monitor::Health& health;
    net::HttpClient& http;       // for image_url
    media::Limits image_limits;  // of images for it
    Metrics& metrics;
    Log log;
  };
  Server(ServerOptions options, Parts parts);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Serves on the calling thread until stop(), SIGTERM or SIGINT, then refuses new requests, finishes running
  // ones and returns. A second signal ends the process at once. Errors, before anything is served: kConflict
  // naming APP_PORT (in use), kInvalid naming APP_PORT or APP_HOST (cannot be listened on), kStorageFull
  // naming STORAGE_PATH (the scratch folder cannot be written).
  Result<void> run();

  // Ends run() soon. Any thread, any number of times.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::http
