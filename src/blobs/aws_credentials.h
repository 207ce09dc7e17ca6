#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/http_client.h"

namespace fit::blobs {

// Credentials of an S3 server.
struct AwsCredentials {
  std::string key_id;
  std::string secret;
  std::string session_token;                 // of temporary credentials, otherwise empty
  std::optional<Timestamp> expires_at = {};  // of temporary credentials
};

// Finds credentials where other programs for S3 find them, in this order:
//   1. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN
//   2. the profile AWS_PROFILE ("default") of the file AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials)
//   3. the role of the container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or …_FULL_URI, with
//      AWS_CONTAINER_AUTHORIZATION_TOKEN or …_TOKEN_FILE
//   4. the role of the virtual machine (IMDSv2), unless AWS_EC2_METADATA_DISABLED is true
// The first source that is there counts. Temporary credentials are fetched again five minutes before they
// expire. Thread-safe; a call may block while it fetches them, for a few seconds.
class AwsCredentialChain {
 public:
  struct Options {
    std::function<std::optional<std::string>(const std::string& name)> environment;
    std::string machine_url = "http://169.254.169.254";  // where the role of the virtual machine is asked for
  };

  // `http` must outlive this object.
  AwsCredentialChain(Options options, net::HttpClient& http) : options_(std::move(options)), http_(http) {}

  // kInternal, naming the source in the detail, when it is damaged or there is none; kUnavailable when a role
  // cannot be asked for.
  Result<AwsCredentials> get();

 private:
  std::string variable(const std::string& name) const;  // empty when it is not set
  Result<AwsCredentials> find();
  Result<std::optional<AwsCredentials>> from_file() const;
  Result<std::optional<AwsCredentials>> from_container();
  Result<AwsCredentials> from_machine();

  const Options options_;
  net::HttpClient& http_;
  std::mutex mutex_;
  std::optional<AwsCredentials> current_;
};

// Reads one profile of a credentials file; nothing when the file does not have it. kInternal when the profile
// lacks the key or the secret.
Result<std::optional<AwsCredentials>> parse_credentials_file(std::string_view text, std::string_view profile);

}  // namespace fit::blobs
