#include "http/asset_json.h"

#include "http/problem.h"
#include "http/tenant_choice.h"

namespace fit::http {
namespace {

Json error_json(std::string_view code, const std::string& field, const std::string& message) {
  Json json{{"code", code}, {"detail", message}};
  if (!field.empty()) json["field"] = field;
  return json;
}

// Where the files of an asset are, and the query that names its tenant there.
struct AssetAddress {
  AssetAddress(const ingest::Asset& asset, std::string_view tenant)
      : path("/api/v1/assets/" + asset.id.str()), query(tenant_query(tenant)) {}

  std::string of(const std::string& part) const { return path + part + query; }

  const std::string path;
  const std::string query;
};

template <class Value>
Json null_unless(bool is_known, const Value& value) {
  return is_known ? Json(value) : Json();
}

}  // namespace

Json asset_json(const ingest::Asset& asset, std::string_view tenant) {
  const AssetAddress address(asset, tenant);
  const bool is_film = is_video(asset);
  const bool has_file = !asset.sha256.empty();
  Json json{{"id", asset.id.str()},
            {"state", to_string(asset.state)},
            {"name", asset.name},
            {"media_type", null_unless(!asset.media_type.empty(), asset.media_type)},
            {"size_bytes", null_unless(has_file, asset.size_bytes)},
            {"sha256", null_unless(has_file, asset.sha256)},
            {"url", null_unless(!asset.url.empty(), asset.url)},
            {"width", null_unless(asset.width > 0, asset.width)},
            {"height", null_unless(asset.height > 0, asset.height)},
            {"duration_ms", null_unless(is_film && asset.width > 0, asset.duration.count())},
            {"codec", null_unless(!asset.codec.empty(), asset.codec)},
            {"has_sound", null_unless(is_film && asset.width > 0, asset.has_sound)},
            {"title", asset.metadata.title},
            {"source", asset.metadata.source},
            {"external_id", asset.metadata.external_id},
            {"tags", asset.metadata.tags},
            {"make_item", asset.metadata.make_item},
            {"properties", asset.properties},
            {"item_id", asset.item ? Json(asset.item->str()) : Json()},
            {"same_as", asset.same_as ? Json(asset.same_as->str()) : Json()},
            {"job_id", null_unless(asset.job > 0, std::to_string(asset.job))},
            {"owner", asset.owner},
            {"created_at", to_rfc3339(asset.created_at)},
            {"updated_at", to_rfc3339(asset.updated_at)},
            {"finished_at", asset.finished_at ? Json(to_rfc3339(*asset.finished_at)) : Json()},
            {"error", nullptr},
            {"content_url", null_unless(has_file, address.of("/content"))},
            {"thumbnail_url", null_unless(has_file && asset.width > 0, address.of("/thumbnail"))}};
  if (asset.failure) {
    json["error"] = error_json(to_string(asset.failure->code), asset.failure->field, asset.failure->message);
  }
  return json;
}

FrameAddresses frame_addresses(const ingest::Asset& asset, std::size_t position, std::string_view tenant) {
  const AssetAddress address(asset, tenant);
  const std::string path = "/frames/" + std::to_string(position);
  return {.image = address.of(path), .thumbnail = address.of(path + "/thumbnail")};
}

Json frames_json(const ingest::Asset& asset, const std::vector<ingest::AssetFrame>& frames,
                 std::string_view tenant) {
  Json list = Json::array();
  for (const ingest::AssetFrame& frame : frames) {
    const FrameAddresses addresses = frame_addresses(asset, list.size() + 1, tenant);
    list.push_back({{"position", list.size() + 1},
                    {"at_ms", frame.at.count()},
                    {"width", frame.width},
                    {"height", frame.height},
                    {"is_poster", !is_video(asset) || frame.sha256 == asset.poster},
                    {"image_url", addresses.image},
                    {"thumbnail_url", addresses.thumbnail}});
  }
  return list;
}

Json asset_job_json(const jobs::Job& job, const std::vector<jobs::Attempt>& attempts) {
  Json errors = Json::array();
  for (const jobs::Attempt& attempt : attempts) {
    Json error = error_json(attempt.error.code, attempt.error.field, attempt.error.message);
    error["attempt"] = attempt.attempt;
    error["class"] = to_string(attempt.error.error_class);
    error["started_at"] = to_rfc3339(attempt.started_at);
    error["ended_at"] = to_rfc3339(attempt.ended_at);
    errors.push_back(std::move(error));
  }
  return {{"id", job.id.str()},
          {"kind", job.kind},
          {"state", to_string(job.state)},
          {"attempts", job.attempt},
          {"max_attempts", job.max_attempts},
          {"errors", std::move(errors)}};
}

}  // namespace fit::http
