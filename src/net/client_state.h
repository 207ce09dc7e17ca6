#pragma once

#include "net/http_client.h"
#include "net/transfer.h"

namespace fit::net {

// What HttpClient and its downloads share.
struct HttpClient::State {
  explicit State(const Options& options) : transfers(options) {}
  Transfers transfers;
};

}  // namespace fit::net
