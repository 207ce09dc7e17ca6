#include "blobs/aws_credentials.h"

#include <algorithm>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"

namespace fit::blobs {
namespace {

constexpr std::uint64_t kMaxFileBytes = 1 << 20;
constexpr std::chrono::minutes kFetchedEarly{5};
constexpr std::string_view kContainerHost = "http://169.254.170.2";

Error no_credentials(std::string detail) {
  return internal("the file storage has no valid credentials", std::move(detail));
}

net::HttpLimits role_limits() {
  return {.connect_timeout = std::chrono::milliseconds(1000),
          .total_timeout = std::chrono::milliseconds(3000),
          .max_bytes = 64 << 10,
          .max_redirects = 0,
          .retries = 1};
}

Result<std::string> ask(net::HttpClient& http, const net::HttpClient::Request& request) {
  const auto reply = http.send("credentials", request, role_limits());
  if (!reply || reply->status != 200) {
    return Error{ErrorCode::kUnavailable,
                 "the credentials of the file storage are not available",
                 {},
                 fit::format("{}: {}", request.url,
                             reply ? fit::format("status {}", reply->status) : reply.error().describe())};
  }
  return std::string(as_text(reply->body));
}

// Reads the credentials of a role, in the form that both services use.
Result<AwsCredentials> parse_role(const std::string& text) {
  const auto json = parse_json("credentials", text);
  if (!json || !json->is_object()) return no_credentials("the role's credentials are not JSON");
  AwsCredentials credentials{.key_id = json_text(*json, "AccessKeyId"),
                             .secret = json_text(*json, "SecretAccessKey"),
                             .session_token = json_text(*json, "Token")};
  const auto expires_at = parse_rfc3339("Expiration", json_text(*json, "Expiration"));
  if (credentials.key_id.empty() || credentials.secret.empty() || !expires_at) {
    return no_credentials("the role's credentials lack a member");
  }
  credentials.expires_at = *expires_at;
  return credentials;
}

}  // namespace

Result<std::optional<AwsCredentials>> parse_credentials_file(std::string_view text,
                                                             std::string_view profile) {
  AwsCredentials credentials;
  bool is_in_profile = false;
  bool has_profile = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('[')) {
      is_in_profile = trim(line.substr(1, line.find(']') - 1)) == profile;
      has_profile = has_profile || is_in_profile;
      continue;
    }
    const std::size_t equals = line.find('=');
    if (!is_in_profile || equals == std::string_view::npos || line.starts_with('#')) continue;
    const std::string name = to_lower(trim(line.substr(0, equals)));
    const std::string value(trim(line.substr(equals + 1)));
    if (name == "aws_access_key_id") credentials.key_id = value;
    if (name == "aws_secret_access_key") credentials.secret = value;
    if (name == "aws_session_token") credentials.session_token = value;
  }
  if (!has_profile) return std::nullopt;
  if (credentials.key_id.empty() || credentials.secret.empty()) {
    return no_credentials(fit::format("the profile {} lacks the key or the secret", profile));
  }
  return credentials;
}

std::string AwsCredentialChain::variable(const std::string& name) const {
  return options_.environment ? options_.environment(name).value_or("") : std::string();
}

Result<std::optional<AwsCredentials>> AwsCredentialChain::from_file() const {
  std::string path = variable("AWS_SHARED_CREDENTIALS_FILE");
  const bool is_named = !path.empty();
  const std::string home = variable("HOME");
  if (!is_named && home.empty()) return std::nullopt;
  if (!is_named) path = home + "/.aws/credentials";
  const auto content = read_file(path, kMaxFileBytes);
  if (!content && content.error().code == ErrorCode::kNotFound && !is_named) return std::nullopt;
  if (!content) return no_credentials(content.error().describe());
  std::string profile = variable("AWS_PROFILE");
  const bool is_chosen = is_named || !profile.empty();
  if (profile.empty()) profile = "default";
  FIT_TRY(auto credentials, parse_credentials_file(as_text(*content), profile));
  if (!credentials && is_chosen) {
    return no_credentials(fit::format("{} has no profile {}", path, profile));
  }
  return credentials;
}

Result<std::optional<AwsCredentials>> AwsCredentialChain::from_container() {
  const std::string relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  std::string url = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (!relative.empty()) url = std::string(kContainerHost) + relative;
  if (url.empty()) return std::nullopt;
  std::string token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (const std::string file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty()) {
    const auto content = read_file(file, kMaxFileBytes);
    if (!content) return no_credentials(content.error().describe());
    token = trim(as_text(*content));
  }
  net::HttpClient::Request request{.method = "GET", .url = url};
  if (!token.empty()) request.headers.push_back("Authorization: " + token);
  FIT_TRY(const std::string text, ask(http_, request));
  FIT_TRY(AwsCredentials credentials, parse_role(text));
  return credentials;
}

Result<AwsCredentials> AwsCredentialChain::from_machine() {
  if (to_lower(variable("AWS_EC2_METADATA_DISABLED")) == "true") {
    return no_credentials("neither the environment nor a file nor a container role has any");
  }
  std::string base = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (base.empty()) base = options_.machine_url;
  const std::string roles = base + "/latest/meta-data/iam/security-credentials/";
  FIT_TRY(const std::string token, ask(http_, {.method = "PUT",
                                               .url = base + "/latest/api/token",
                                               .headers = {"X-aws-ec2-metadata-token-ttl-seconds: 300"},
                                               .body = ByteView()}));
  const std::vector<std::string> headers = {"X-aws-ec2-metadata-token: " + token};
  FIT_TRY(const std::string role, ask(http_, {.method = "GET", .url = roles, .headers = headers}));
  FIT_TRY(const std::string text,
          ask(http_, {.method = "GET", .url = roles + std::string(trim(role)), .headers = headers}));
  return parse_role(text);
}

Result<AwsCredentials> AwsCredentialChain::find() {
  AwsCredentials credentials{.key_id = variable("AWS_ACCESS_KEY_ID"),
                             .secret = variable("AWS_SECRET_ACCESS_KEY"),
                             .session_token = variable("AWS_SESSION_TOKEN")};
  if (!credentials.key_id.empty() && !credentials.secret.empty()) return credentials;
  FIT_TRY(auto from_profile, from_file());
  if (from_profile) return *std::move(from_profile);
  FIT_TRY(auto from_role, from_container());
  if (from_role) return *std::move(from_role);
  return from_machine();
}

Result<AwsCredentials> AwsCredentialChain::get() {
  const std::lock_guard lock(mutex_);
  const bool is_valid = current_ && (!current_->expires_at || now() + kFetchedEarly < *current_->expires_at);
  if (is_valid) return *current_;
  auto found = find();
  // Until they expire, the credentials before serve while newer ones cannot be fetched.
  if (!found && current_ && now() < *current_->expires_at) return *current_;
  if (!found) return found;
  current_ = *found;
  return found;
}

}  // namespace fit::blobs
