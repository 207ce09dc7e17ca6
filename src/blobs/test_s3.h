#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "blobs/s3_blobs.h"
#include "net/test_server.h"

namespace fit::blobs {

// The S3 server of a test run, which checks signatures (tests/s3_server.py). It has a bucket named "fit".
struct TestS3 {
  std::string endpoint;
  std::string key_id;
  std::string secret;

  // nullopt when the run has none: tests are skipped then.
  static std::optional<TestS3> find();

  S3Options options() const;
  AwsCredentialChain::Options credentials() const;
  std::shared_ptr<S3Bucket> bucket() const { return bucket(options()); }
  std::shared_ptr<S3Bucket> bucket(S3Options options) const;
};

// Credentials by the environment's variables.
AwsCredentialChain::Options test_credentials(std::map<std::string, std::string> variables);

// A proxy in front of an S3 server. It passes the bytes on as they are, and the fault sees each request with
// its response first.
class S3Proxy {
 public:
  // Returns what is sent to the client instead of the response; nullopt: the response. `number` counts the
  // requests from 0. Called from several threads, one call at a time.
  using Fault = std::function<std::optional<std::string>(const net::TestServer::Request& request, int number,
                                                         const std::function<std::string()>& response)>;

  S3Proxy(std::string endpoint, Fault fault);

  std::string endpoint() const { return server_->url(""); }
  std::vector<net::TestServer::Request> requests() const { return server_->requests(); }

 private:
  std::string forward(const net::TestServer::Request& request) const;

  const std::string endpoint_;
  const Fault fault_;
  std::mutex mutex_;
  int count_ = 0;
  std::unique_ptr<net::TestServer> server_;
};

// A response that keeps the connection open and silent.
inline const std::string kSilence = "silence";

}  // namespace fit::blobs
