#include "main/tenant_config.h"

#include <algorithm>
#include <array>
#include <ranges>

#include "base/format.h"
#include "base/text.h"
#include "embed/provider.h"
#include "store/tenant_schema.h"

namespace fit {
namespace {

// The settings that may differ: what a tenant's vectors and results are, and how large its images may be.
constexpr std::array<std::string_view, 9> kTenantSettings = {
    "embedding_provider", "embedding_model",  "rerank_spaces",  "adaptive_fusion", "adaptive_fusion_share",
    "max_image_bytes",    "max_image_pixels", "max_image_side", "thumbnail_size"};

Result<void> check_limit(std::string_view name, std::uint64_t limit, std::uint64_t server) {
  if (limit <= server) return {};
  return invalid(fit::format("settings.{}", name),
                 fit::format("must be at most {}, the limit of the server", server));
}

// Sets the settings of a tenant in a copy of the server's configuration.
Result<void> apply_settings(Config& config, const std::map<std::string, std::string>& settings) {
  const MediaSettings server = config.media;
  const EmbeddingSettings embedding = config.embedding;
  for (const auto& [name, value] : settings) {
    const std::string field = fit::format("settings.{}", name);
    if (!std::ranges::contains(kTenantSettings, name)) {
      std::string known;
      for (const std::string_view one : kTenantSettings)
        known += (known.empty() ? "" : ", ") + std::string(one);
      return invalid(field, fit::format("is not a setting that a tenant can have: {}", known));
    }
    FIT_CHECK(set_setting(config, name, field, value));
  }
  // The key and the address of a remote provider are the server's, and so is what it may be used for.
  const bool is_other =
      config.embedding.provider != embedding.provider || config.embedding.model != embedding.model;
  if (is_other && embed::is_remote_provider(config.embedding.provider)) {
    return invalid("settings.embedding_provider",
                   "must be builtin, palette or onnx, or as that of the server");
  }
  FIT_CHECK(check_limit("max_image_bytes", config.media.max_image_bytes, server.max_image_bytes));
  FIT_CHECK(check_limit("max_image_pixels", config.media.max_image_pixels, server.max_image_pixels));
  return check_limit("max_image_side", static_cast<std::uint64_t>(config.media.max_image_side),
                     static_cast<std::uint64_t>(server.max_image_side));
}

Result<std::string> tenant_read_urls(const std::string& urls, const std::string& tenant) {
  std::string own;
  for (const auto part : std::views::split(urls, ',')) {
    const std::string_view url = trim(std::string_view(part.begin(), part.end()));
    if (url.empty()) continue;
    FIT_TRY(const std::string one, store::tenant_database_url(std::string(url), tenant));
    own += (own.empty() ? "" : ",") + one;
  }
  return own;
}

}  // namespace

tenants::TenantPlace place_of(const Config& config) {
  return {.name = std::string(accounts::kDefaultTenant),
          .database_url = config.database.url,
          .folder = config.storage.path};
}

Result<Config> tenant_config(const Config& server, const accounts::Tenant& tenant) {
  FIT_TRY(const tenants::TenantPlace place, tenants::place_of(place_of(server), tenant.name));
  Config config = server;
  config.embedding.models_path = server.models_folder();
  config.database.url = place.database_url;
  if (!server.database.read_url.empty()) {
    FIT_TRY(config.database.read_url, tenant_read_urls(server.database.read_url, tenant.name));
  }
  config.storage.path = place.folder;
  if (std::string& backend = config.storage.backend; !backend.empty()) {
    if (backend.ends_with('/')) backend.pop_back();
    backend += "/tenants/" + tenant.name;
  }
  FIT_CHECK(apply_settings(config, tenant.settings));
  return config;
}

Result<void> check_tenant_settings(const Config& server, const std::map<std::string, std::string>& settings) {
  Config config = server;
  return apply_settings(config, settings);
}

std::string embedder_name(const Config& server, const Config& tenant) {
  const EmbeddingSettings& own = tenant.embedding;
  const bool is_same_model = own.provider != "onnx" || own.model == server.embedding.model;
  if (own.provider == server.embedding.provider && is_same_model) return {};
  return own.provider == "onnx" ? own.model : own.provider;
}

}  // namespace fit
