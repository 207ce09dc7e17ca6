#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "blobs/aws_credentials.h"
#include "blobs/s3_xml.h"
#include "net/http_client.h"

namespace fit::blobs {

// How the name of a bucket is part of an address.
enum class S3Addressing : std::uint8_t {
  kAuto,  // kHost for Amazon's own servers, kPath for S3Options::endpoint
  kPath,  // https://server/bucket/key
  kHost,  // https://bucket.server/key
};

// Where an S3 server is, and how long its answers are waited for.
struct S3Options {
  std::string endpoint = {};  // "http://127.0.0.1:9000"; empty: Amazon's server for the region
  std::string region = "us-east-1";
  S3Addressing addressing = S3Addressing::kAuto;
  int retries = 4;  // further attempts after 429, 5xx, cut connections and time-outs
  // The time limit of an attempt, besides the time that the bytes take which are sent or may be received.
  std::chrono::milliseconds timeout{30'000};
  std::uint64_t bytes_per_second = 256 << 10;  // the slowest connection that is waited for
  std::size_t part_bytes = 16 << 20;  // larger files are sent and read in parts of this size; 5 MiB at least
  int page = 1000;                    // objects of a page of a list
};

// A part of an object.
struct S3Part {
  Bytes content;
  std::uint64_t object_bytes = 0;  // the size of the whole object
};

// One bucket of an S3 server, in S3's own terms. Requests are signed (Signature Version 4) and repeated with
// exponential backoff. Keys must consist of letters, digits and the marks - _ . /. Thread-safe; calls block.
// Errors of every call: kInternal when the server refuses the credentials or the request, or has no such
// bucket; kStorageFull; kUnavailable when it cannot be reached, is overloaded or fails, after the last
// attempt; kBadGateway for a response that is not S3's; those of AwsCredentialChain.
class S3Bucket {
 public:
  // kInvalid naming S3_ENDPOINT when it is no http or https URL of a server.
  static Result<std::shared_ptr<S3Bucket>> make(std::string name, S3Options options,
                                                AwsCredentialChain::Options credentials);

  const S3Options& options() const { return options_; }

  // Whether the server can be reached, has the bucket and accepts the credentials.
  Result<void> probe();

  Result<void> put(const std::string& key, ByteView content);
  Result<bool> exists(const std::string& key);
  // The `count` bytes from `offset` on; fewer at the end of the object. nullopt when there is no object.
  Result<std::optional<S3Part>> read(const std::string& key, std::uint64_t offset, std::uint64_t count);
  // Makes the object's time now, by a copy onto itself. False when there is no object. Objects of more than
  // 5 GiB cannot be copied: kInternal.
  Result<bool> touch(const std::string& key);
  // Success also when there is no object. One attempt, of at most `timeout`: when the call returns, no
  // request that may still be carried out was sent later than `timeout` ago.
  Result<void> remove(const std::string& key, std::chrono::milliseconds timeout);
  // The objects whose keys begin with `prefix` and come after `after`, at most S3Options::page of them.
  Result<S3Page> list(const std::string& prefix, const std::string& after = {});

  Result<std::string> begin_upload(const std::string& key);
  // Sends part `number`, from 1 on, and returns its entity tag. All but the last have at least 5 MiB.
  Result<std::string> put_part(const std::string& key, const std::string& upload, int number,
                               ByteView content);
  // `tags`: those of the parts, in order.
  Result<void> complete_upload(const std::string& key, const std::string& upload,
                               const std::vector<std::string>& tags);
  Result<void> abort_upload(const std::string& key, const std::string& upload);
  // The first thousand unfinished uploads whose keys begin with `prefix`; none on servers that do not list
  // them.
  Result<std::vector<S3Upload>> list_uploads(const std::string& prefix);

 private:
  struct Call;

  S3Bucket(std::string name, S3Options options, AwsCredentialChain::Options credentials);
  std::string url_of(std::string_view key, std::string_view query) const;
  Result<net::HttpReply> send(const Call& call);

  const std::string name_;
  const S3Options options_;
  std::string base_url_;  // of the bucket, without a slash at the end
  net::HttpClient http_;
  AwsCredentialChain credentials_;
};

}  // namespace fit::blobs
