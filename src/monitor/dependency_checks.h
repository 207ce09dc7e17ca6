#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "blobs/blob_store.h"
#include "embed/model_store.h"
#include "monitor/finding.h"
#include "net/http_client.h"
#include "store/catalogue.h"

// The checks of `fit doctor` that concern what the program depends on: the database, Redis, the mail server,
// the storage, the model, and the way from clients to the server. They change nothing; they block, at most
// for some tens of seconds each. Messages have no passwords.
namespace fit::monitor {

// What the check of a database has found out.
struct DatabaseReport {
  Findings findings;
  std::uint64_t images = 0;      // of the catalogue; 0: there is none yet
  std::uint64_t dimensions = 0;  // of the largest space of images
};
// Whether the database of a DATABASE_URL can be opened, has a schema that this program can use and, on
// PostgreSQL, enough connections and a clock like that of this machine. Neither makes nor migrates it.
DatabaseReport check_database(const std::string& url, const store::OpenOptions& options);

// Whether the Redis server of a REDIS_URL answers, and keeps what a queue needs where `has_queue`.
Findings check_redis(const std::string& url, bool has_queue);

// Whether the mail server of SMTP_URL takes the credentials. No message is sent.
Finding check_mail(const std::string& url);

// Whether the image files can be reached and written. `place` names the storage.
Finding check_storage(const blobs::BlobStore& files, const std::string& place);

// Whether the files of a model have their checksums. `model` is a name or a folder.
Finding check_model(const embed::ModelStore& models, const std::string& model);

// How clients reach the server.
struct Exposure {
  bool is_beyond_loopback = false;  // other machines are expected
  bool has_tls = false;
  std::string public_url = {};
  std::string trusted_proxies = {};
};
// Whether the settings of TLS, proxies and the public address fit together.
Findings check_exposure(const Exposure& exposure);

// Whether PUBLIC_URL leads to a server of Find This Fit. A warning if not: the server may not run yet.
Finding check_public_url(const std::string& public_url, net::HttpClient& http);

}  // namespace fit::monitor
