#include "ingest/labels/label_worker.h"

#include <algorithm>

#include "base/files.h"
#include "base/format.h"
#include "base/json_reader.h"
#include "catalog/item_writer.h"
#include "ingest/assets/frame_ids.h"
#include "ingest/labels/caption_labels.h"
#include "ingest/labels/local_labels.h"

namespace fit::ingest {
namespace {

constexpr std::string_view kPicture = "picture";
constexpr std::size_t kMaxThumbnailBytes = std::size_t{8} << 20;

std::string target_text(const LabelTarget& target) {
  return fit::format("{}:{}", to_string(target.kind), target.id);
}

Result<LabelTarget> target_of_job(const jobs::Job& job) {
  FIT_TRY(const Json payload, parse_json("payload", job.payload));
  JsonReader reader(payload, "payload");
  const std::string asset = reader.optional_text("asset");
  const std::string cluster = reader.optional_text("cluster");
  FIT_CHECK(reader.finish());
  if (asset.empty() == cluster.empty()) return invalid("payload", "must name an asset or a cluster");
  const bool is_asset = cluster.empty();
  FIT_TRY(const std::int64_t id, parse_id("payload", is_asset ? asset : cluster));
  return LabelTarget{.kind = is_asset ? LabelTarget::Kind::kAsset : LabelTarget::Kind::kCluster, .id = id};
}

Result<Bytes> content_of(catalog::ImageFile file) {
  if (file.path.empty()) return std::move(file.content);
  return read_file(file.path, kMaxThumbnailBytes);
}

// Whether the local model may stand in for the provider after this error.
bool is_of_provider(const Error& error) {
  switch (error.code) {
    case ErrorCode::kUnavailable:
    case ErrorCode::kUnauthorized:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kBadGateway:
    case ErrorCode::kInvalid:
    case ErrorCode::kTooManyRequests:
      return true;
    default:
      return false;
  }
}

}  // namespace

jobs::NewJob label_job(const LabelTarget& target, std::string_view submitter) {
  return {.kind = std::string(kLabelJob),
          .payload = dump_json({{to_string(target.kind), std::to_string(target.id)}}),
          .submitter = std::string(submitter),
          .unique_key = target_text(target)};
}

LabelWorker::LabelWorker(Parts parts, const Options& options) : parts_(std::move(parts)), options_(options) {}

Result<void> LabelWorker::check_enabled() const {
  if (parts_.captions != nullptr || options_.use_local_model) return {};
  return Error{ErrorCode::kUnavailable,
               "labels are switched off; VLM_PROVIDER or VLM_FALLBACK_TO_CLIP switches them on",
               {},
               {}};
}

jobs::Handler LabelWorker::handler() {
  return {.kind = std::string(kLabelJob),
          .run = [this](const jobs::Job& job, const std::stop_token& stop) { return run(job, stop); },
          .concurrency = 1,
          .classify = &LabelWorker::classify};
}

jobs::ErrorClass LabelWorker::classify(const Error& error) {
  // A wrong key is mended by the operator; the jobs wait for it.
  if (error.code == ErrorCode::kUnauthorized) return jobs::ErrorClass::kDependency;
  return jobs::error_class_of(error);
}

Result<void> LabelWorker::run(const jobs::Job& job, const std::stop_token& stop) {
  FIT_TRY(const LabelTarget target, target_of_job(job));
  FIT_CHECK(check_enabled());
  const CatalogLease lease = parts_.catalog();
  FIT_TRY(const auto picture, this->picture(target, lease.catalog, stop));
  if (!picture) return {};
  if (parts_.captions == nullptr) return fall_back(target, *picture, lease.catalog);
  auto labels = caption(target, *picture, stop);
  if (labels) {
    FIT_CHECK(Labels(parts_.database).write_machine(target, *labels));
    return {};
  }
  if (!options_.use_local_model || !is_of_provider(labels.error())) return std::move(labels).error();
  parts_.log.warning("a target is labelled by the local model",
                     {{"target", target_text(target)}, {"reason", labels.error().describe()}});
  return fall_back(target, *picture, lease.catalog);
}

Result<std::optional<Bytes>> LabelWorker::picture(const LabelTarget& target, catalog::Catalog& catalog,
                                                  const std::stop_token& stop) {
  if (target.kind == LabelTarget::Kind::kAsset) return asset_picture(target.id, catalog);
  FIT_TRY(const auto centre, parts_.cluster_centre(target.id));
  if (!centre) return std::nullopt;
  if (const auto frame = frame_of_image(*centre)) return frame_picture(*frame, catalog);
  FIT_TRY(catalog::ImageFile file, catalog.thumbnail(*centre, stop));
  FIT_TRY(Bytes content, content_of(std::move(file)));
  return content;
}

Result<std::optional<Bytes>> LabelWorker::asset_picture(std::int64_t id, catalog::Catalog& catalog) {
  const auto asset = Assets(parts_.database).get({id});
  if (!asset && asset.error().code == ErrorCode::kNotFound) return std::nullopt;
  if (!asset) return asset.error();
  if (asset->state == AssetState::kFailed) return invalid("asset", "has failed and has no picture");
  if (asset->state != AssetState::kDone) {
    return Error{ErrorCode::kConflict, "the asset is being worked on", "asset", {}};
  }
  if (asset->same_as) return asset_picture(asset->same_as->value, catalog);
  const std::string& shown = asset->poster.empty() ? asset->sha256 : asset->poster;
  FIT_TRY(catalog::ImageFile file, catalog.writer().files().open_thumbnail(shown));
  FIT_TRY(Bytes content, content_of(std::move(file)));
  return content;
}

// An asset that has just been removed is still at the centre of its cluster.
Result<std::optional<Bytes>> LabelWorker::frame_picture(std::int64_t id, catalog::Catalog& catalog) {
  FIT_TRY(const std::string sha256, AssetFrames(parts_.database).digest(id));
  if (sha256.empty()) return std::nullopt;
  FIT_TRY(catalog::ImageFile file, catalog.writer().files().open_thumbnail(sha256));
  FIT_TRY(Bytes content, content_of(std::move(file)));
  return content;
}

Result<std::vector<Label>> LabelWorker::caption(const LabelTarget& target, ByteView picture,
                                                const std::stop_token& stop) {
  // A request that the breaker would refuse costs nothing.
  if (parts_.captions->retry_in() == std::chrono::milliseconds(0)) {
    FIT_CHECK(CaptionBudget(parts_.database, options_.captions_per_day).take());
  }
  FIT_TRY(const embed::Caption said, parts_.captions->describe({.file = picture}, stop));
  CaptionLabels read = labels_of_caption(parts_.ontology, said, parts_.captions->name());
  for (const std::string& dropped : read.dropped) {
    parts_.log.warning("a part of a caption is dropped",
                       {{"target", target_text(target)}, {"part", dropped}});
  }
  return std::move(read.labels);
}

Result<std::vector<Label>> LabelWorker::predict(const Bytes& picture, catalog::Catalog& catalog) {
  catalog::ItemWriter& writer = catalog.writer();
  if (writer.spaces().empty()) return std::vector<Label>();
  FIT_TRY(catalog::ProcessedImage processed, writer.processor().read(kPicture, picture));
  std::vector<catalog::EmbedInputs> inputs;
  inputs.push_back(std::move(processed.inputs));
  auto embedded = writer.processor().embed(std::move(inputs));
  FIT_TRY(const catalog::ImageProcessor::Vectors vectors, std::move(embedded.at(0)));
  const catalog::ImageVectors image(vectors);
  FIT_TRY(const auto predicted, writer.filler().predict(std::span(&image, 1)));
  const embed::Space& space = writer.spaces().front().embedder->space();
  return local_labels(writer.filler().merge({}, {}, predicted.front()),
                      {.name = space.name, .version = space.version});
}

Result<void> LabelWorker::fall_back(const LabelTarget& target, const Bytes& picture,
                                    catalog::Catalog& catalog) {
  Labels labels(parts_.database);
  FIT_TRY(const std::vector<Label> before, labels.get(target));
  const bool is_captioned = std::ranges::any_of(before, [this](const Label& label) {
    return parts_.captions != nullptr && label.author == parts_.captions->name();
  });
  if (is_captioned) return {};
  FIT_TRY(const std::vector<Label> predicted, predict(picture, catalog));
  FIT_CHECK(labels.write_machine(target, predicted));
  return {};
}

}  // namespace fit::ingest
