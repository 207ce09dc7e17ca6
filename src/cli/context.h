#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.h"
#include "base/log.h"
#include "base/result.h"
#include "blobs/storage.h"
#include "catalog/image_files.h"
#include "ingest/sources/crawler.h"
#include "media/image.h"
#include "serving/embedder_pool.h"
#include "serving/searched_space.h"
#include "serving/searched_texts.h"
#include "store/catalogue.h"

namespace fit::cli {

// The creator of what a command makes, in records and the audit log.
inline constexpr std::string_view kCreatedBy = "command line";

// A catalogue that a command works on.
struct OpenCatalogue {
  std::shared_ptr<void> owner;  // the other members live as long as it
  store::Catalogue& store;
  serving::SearchedSpace& space;            // the active space; load_search() has not been called
  serving::SearchedTexts* texts = nullptr;  // null: there is no text space
};

// The parts of the program that commands use. main/ makes it.
struct Context {
  // Where the command works on a tenant's catalogue, its place and settings are in the configuration.
  const LoadedConfig& settings;
  const Log& log;
  // Requested by the first SIGINT or SIGTERM, for commands with OnSignal::kStop.
  std::stop_token stop;
  serving::EmbedderPool& embedders;
  media::Limits image_limits;
  store::GraphOptions graph;            // for the indexes that PostgreSQL holds
  index::KindPolicy index_policy = {};  // for the indexes of this process
  // Opens the storage at `url`, fs:///folder or s3://bucket/prefix; empty: the configured one. kInvalid
  // naming `field` or a setting.
  std::function<Result<blobs::Storage>(std::string_view field, const std::string& url)> open_storage;
  // Opens the configured catalogue, whose items may name local files.
  std::function<Result<OpenCatalogue>()> open_catalogue;
  // Runs the server until a signal.
  std::function<Result<void>()> serve;
  // Works on the jobs of the configured catalogue until the stop.
  std::function<Result<void>()> work;
  // The tenant that the command works on, which exists.
  std::string tenant = "default";
  // The errors of the settings of a tenant, naming "settings.NAME".
  std::function<Result<void>(const std::map<std::string, std::string>& settings)> check_tenant_settings = {};

  // The errors of the server's settings that only the start of the server reads: of its addresses, proxies,
  // TLS, rates of exchange, mail and sign-in provider.
  std::function<std::vector<Error>()> check_server_settings = {};
  // Whether clients of other machines are expected.
  bool is_beyond_loopback = false;

  // How commands ask the hosts of sources.
  ingest::Crawler::Options crawler = {};

  const Config& config() const { return settings.config; }
  // The image files of the configured storage.
  Result<catalog::ImageFiles> image_files() const {
    FIT_TRY(const blobs::Storage storage, open_storage("STORAGE_BACKEND", ""));
    return catalog::stored_image_files(storage);
  }
};

}  // namespace fit::cli
