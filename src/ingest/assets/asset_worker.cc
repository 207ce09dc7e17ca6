#include "ingest/assets/asset_worker.h"

#include <algorithm>

#include "base/hash.h"
#include "base/json_reader.h"
#include "blobs/storage_error.h"
#include "catalog/item_writer.h"
#include "domain/properties_json.h"
#include "ingest/assets/local_file.h"

namespace fit::ingest {
namespace {

constexpr std::string_view kFile = "file";
// A fetched file is held in memory. Larger videos are sent by their owners.
constexpr std::uint64_t kMaxFetchedVideoBytes = 64u << 20;
constexpr std::uint64_t kMaxFrameBytes = 64u << 20;

std::string location_of(const std::string& blob) {
  return "stored:" + blob;
}

Result<AssetId> asset_of_job(const jobs::Job& job) {
  FIT_TRY(const Json payload, parse_json("payload", job.payload));
  JsonReader reader(payload, "payload");
  const std::string id = reader.text("asset");
  FIT_CHECK(reader.finish());
  FIT_TRY(const std::int64_t number, parse_id("payload.asset", id));
  return AssetId{number};
}

bool is_finished(const Asset& asset) {
  if (asset.state != AssetState::kDone) return false;
  if (asset.same_as) return true;
  // A worker of a newer version knows more: its facts stay while both versions work on the queue.
  return asset.pipeline >= kAssetPipeline && (!asset.metadata.make_item || asset.item);
}

const domain::ImageRecord* find_image(const domain::ItemRecord& item, const std::string& sha256) {
  const auto found = std::ranges::find(item.images, sha256, &domain::ImageFields::sha256);
  return found == item.images.end() ? nullptr : &*found;
}

Error taken_by_another(const domain::ItemKey& key) {
  return {ErrorCode::kConflict,
          "an item " + key.external_id + " of the source " + key.source +
              " exists already, with other images; change it by the routes of items",
          "external_id",
          {}};
}

void describe_frame(AssetFrame& frame, const domain::ImageFields& image) {
  frame.width = image.width;
  frame.height = image.height;
  frame.perceptual_hash = image.perceptual_hash;
}

// The facts of an asset with these frames, without what is of its item.
AssetFacts facts_of(const Asset& asset, std::vector<FrameWrite> frames, std::size_t poster) {
  const AssetFrame& shown = frames.at(poster).frame;
  AssetFacts facts{.width = is_video(asset) ? asset.width : shown.width,
                   .height = is_video(asset) ? asset.height : shown.height,
                   .perceptual_hash = shown.perceptual_hash};
  facts.frames = std::move(frames);
  return facts;
}

std::size_t index_of_frame(const std::vector<FrameWrite>& frames, const std::string& sha256) {
  const auto found =
      std::ranges::find_if(frames, [&](const FrameWrite& one) { return one.frame.sha256 == sha256; });
  return found == frames.end() ? 0 : static_cast<std::size_t>(found - frames.begin());
}

}  // namespace

jobs::ErrorClass AssetWorker::classify(const Error& error) {
  if (error.code == ErrorCode::kConflict) return jobs::ErrorClass::kBadInput;
  // Many images are being decoded now; nothing is down.
  if (error.code == ErrorCode::kTooManyRequests) return jobs::ErrorClass::kTransient;
  return jobs::error_class_of(error);
}

jobs::ErrorClass AssetWorker::classify_video(const Error& error) {
  // A video waits for the memory of others; no attempt is consumed.
  if (error.code == ErrorCode::kTooManyRequests) return jobs::ErrorClass::kDependency;
  // It would take as long again.
  if (error.code == ErrorCode::kDeadlineExceeded && error.field == kFile) return jobs::ErrorClass::kBadInput;
  return classify(error);
}

std::vector<jobs::Handler> AssetWorker::handlers() {
  const auto work = [this](const jobs::Job& job, const std::stop_token& stop) { return run(job, stop); };
  const ByteBudget* const memory = options_.video.memory;
  const std::uint64_t videos = memory == nullptr ? 1 : memory->limit_bytes() / options_.video.max_memory;
  return {{.kind = std::string(kAssetJob), .run = work, .classify = &AssetWorker::classify},
          {.kind = std::string(kVideoJob),
           .run = work,
           .concurrency = std::max<std::size_t>(1, videos),
           .classify = &AssetWorker::classify_video}};
}

Result<void> AssetWorker::run(const jobs::Job& job, const std::stop_token& stop) {
  FIT_TRY(const AssetId id, asset_of_job(job));
  Assets assets(parts_.database);
  auto asset = assets.get(id);
  if (!asset && asset.error().code == ErrorCode::kNotFound) return {};  // it was removed
  if (!asset) return asset.error();
  if (is_finished(*asset)) return {};
  FIT_CHECK(assets.begin_work(id, job.id.value));
  auto worked = work(*asset, job.kind, stop);
  if (worked || worked.error().code == ErrorCode::kCancelled) return worked;
  const Error& error = worked.error();
  const jobs::ErrorClass error_class = job.kind == kVideoJob ? classify_video(error) : classify(error);
  const bool is_last = error_class == jobs::ErrorClass::kTransient && job.attempt >= job.max_attempts;
  const bool is_final = error_class == jobs::ErrorClass::kBadInput || is_last;
  if (auto noted = assets.fail(id, error, is_final); !noted) {
    parts_.log.error("the failure of an asset could not be stored", noted.error());
  }
  return worked;
}

Result<void> AssetWorker::work(Asset& asset, std::string_view kind, const std::stop_token& stop) {
  const CatalogLease lease = parts_.catalog();
  catalog::Catalog& catalog = lease.catalog;
  Bytes file;
  if (asset.sha256.empty()) {
    FIT_TRY(auto fetched, fetch(asset, catalog, stop));
    if (!fetched) return {};
    file = *std::move(fetched);
  }
  if (is_video(asset) && kind != kVideoJob) {
    FIT_CHECK(Assets(parts_.database).queue_video(asset));
    if (parts_.on_added) parts_.on_added();
    return {};
  }
  if (stop.stop_requested()) return cancelled();
  Images images;
  if (is_video(asset)) {
    FIT_TRY(images, video_images(asset, catalog));
  } else {
    if (file.empty()) {
      FIT_TRY(file, read(blob_name(asset), catalog));
    }
    images = photo_images(asset, std::move(file));
  }
  if (stop.stop_requested()) return cancelled();
  FIT_TRY(const AssetFacts facts, asset.metadata.make_item ? make_item(asset, std::move(images), catalog)
                                                           : describe(asset, std::move(images), catalog));
  return Assets(parts_.database).finish(asset, facts, kAssetPipeline);
}

Result<Bytes> AssetWorker::read(const std::string& blob, catalog::Catalog& catalog) const {
  catalog::ItemWriter& writer = catalog.writer();
  auto file = writer.files().original(location_of(blob), writer.image_limits().max_bytes);
  if (file || file.error().code != ErrorCode::kNotFound) return file;
  return Error{ErrorCode::kDamaged, "the stored file is lost", std::string(kFile), blob};
}

Result<void> AssetWorker::check_quota(std::string_view field, std::uint64_t size_bytes) const {
  if (parts_.quotas == nullptr) return {};
  auto room = parts_.quotas->check_bytes(size_bytes);
  if (room) return {};
  Error error = std::move(room).error();
  // A full quota is no full disk, for whose end a job could wait.
  if (error.code == ErrorCode::kStorageFull) error.code = ErrorCode::kForbidden;
  error.field = field;
  return error;
}

Result<std::optional<Bytes>> AssetWorker::fetch(Asset& asset, catalog::Catalog& catalog,
                                                const std::stop_token& stop) {
  net::HttpLimits limits = parts_.fetch_limits;
  limits.stop = stop;
  limits.max_bytes =
      std::max(options_.files.image_bytes, std::min(options_.files.video_bytes, kMaxFetchedVideoBytes));
  FIT_TRY(net::HttpResponse response, parts_.http.get("url", asset.url, limits));
  FIT_TRY(const CheckedFile checked, check_file("url", response.body, options_.files));
  blobs::BlobStore& originals = catalog.writer().files().originals();
  FIT_TRY(const bool is_stored, originals.exists(checked.blob_name));
  if (!is_stored) FIT_CHECK(check_quota("url", response.body.size()));
  FIT_CHECK(originals.put(checked.blob_name, response.body, blobs::Durability::kSynced));
  if (parts_.quotas != nullptr && !is_stored) parts_.quotas->note_bytes(response.body.size());
  const NewAsset stored{.sha256 = checked.sha256,
                        .media_type = checked.media_type,
                        .size_bytes = static_cast<std::int64_t>(response.body.size()),
                        .name = {},
                        .url = {},
                        .metadata = {},
                        .owner = {}};
  FIT_TRY(const bool is_first, Assets(parts_.database).set_fetched(asset.id, stored));
  if (!is_first) return std::nullopt;
  asset.sha256 = stored.sha256;
  asset.media_type = stored.media_type;
  return std::optional(std::move(response.body));
}

AssetWorker::Images AssetWorker::photo_images(const Asset& asset, Bytes file) {
  Images images;
  images.frames.push_back({.frame = {.sha256 = asset.sha256}});
  images.files.push_back(std::move(file));
  return images;
}

Result<AssetWorker::Images> AssetWorker::video_images(Asset& asset, catalog::Catalog& catalog) {
  FIT_TRY(auto stored, stored_frames(asset, catalog));
  if (stored) return *std::move(stored);
  FIT_TRY(const LocalFile file,
          LocalFile::open(catalog.writer().files().originals(), blob_name(asset), options_.scratch));
  FIT_TRY(VideoFiles video, video_files(kFile, file.path(), options_.video));
  FIT_CHECK(store_frames(asset, video, catalog));
  const std::size_t poster = index_of_frame(video.facts.frames, asset.poster);
  return Images{.frames = std::move(video.facts.frames), .files = std::move(video.files), .poster = poster};
}

Result<std::optional<AssetWorker::Images>> AssetWorker::stored_frames(const Asset& asset,
                                                                      catalog::Catalog& catalog) const {
  if (asset.poster.empty()) return std::nullopt;
  FIT_TRY(const std::vector<AssetFrame> frames, AssetFrames(parts_.database).of(asset.id));
  Images images;
  for (const AssetFrame& frame : frames) {
    auto file = catalog.writer().files().original(location_of(frame_blob_name(asset, frame)), kMaxFrameBytes);
    const bool is_lost =
        !file && (file.error().code == ErrorCode::kNotFound || file.error().code == ErrorCode::kDamaged);
    if (is_lost) return std::nullopt;
    if (!file) return file.error();
    images.frames.push_back({.frame = frame});
    images.files.push_back(*std::move(file));
  }
  if (images.frames.empty()) return std::nullopt;
  images.poster = index_of_frame(images.frames, asset.poster);
  return std::optional(std::move(images));
}

Result<void> AssetWorker::store_frames(Asset& asset, const VideoFiles& video, catalog::Catalog& catalog) {
  std::vector<blobs::BlobContent> contents;
  std::uint64_t size_bytes = 0;
  for (std::size_t i = 0; i < video.files.size(); ++i) {
    contents.push_back({frame_blob_name(asset, video.facts.frames[i].frame), video.files[i]});
    size_bytes += video.files[i].size();
  }
  FIT_CHECK(check_quota(kFile, size_bytes));
  for (const Result<void>& stored : catalog.writer().files().originals().put_all(contents)) {
    if (!stored) return blobs::storage_error(stored.error(), "frame");
  }
  if (parts_.quotas != nullptr) parts_.quotas->note_bytes(size_bytes);
  FIT_CHECK(Assets(parts_.database).set_video(asset.id, video.facts));
  asset.width = video.facts.width;
  asset.height = video.facts.height;
  asset.poster = video.facts.poster;
  return {};
}

// The facts of an asset that is no item.
Result<AssetFacts> AssetWorker::describe(const Asset& asset, Images images, catalog::Catalog& catalog) {
  catalog::ItemWriter& writer = catalog.writer();
  std::vector<catalog::EmbedInputs> inputs;
  for (std::size_t i = 0; i < images.frames.size(); ++i) {
    AssetFrame& frame = images.frames[i].frame;
    FIT_TRY(catalog::ItemWriter::TakenImage image,
            writer.take(kFile, {.location = location_of(frame_blob_name(asset, frame)),
                                .file = std::move(images.files[i]),
                                .known = {}}));
    describe_frame(frame, image.record);
    inputs.push_back(*std::move(image.inputs));
  }
  auto embedded = writer.processor().embed(std::move(inputs));
  for (std::size_t i = 0; i < images.frames.size(); ++i) {
    FIT_TRY(images.frames[i].vectors, std::move(embedded.at(i)));
  }
  domain::Listing listing;
  listing.title = asset.metadata.title;
  const auto merged = writer.filler().merge(
      listing, {}, writer.filler().predict_or_log(images.frames.at(images.poster).vectors));
  AssetFacts facts = facts_of(asset, std::move(images.frames), images.poster);
  facts.properties = domain::properties_json(merged.values);
  return facts;
}

Result<AssetFacts> AssetWorker::make_item(const Asset& asset, Images images, catalog::Catalog& catalog) {
  const domain::ItemKey key{item_source(asset.metadata), item_external_id(asset.metadata, asset.sha256)};
  const std::lock_guard lock(
      item_locks_.at(xxh3(as_bytes(key.external_id), xxh3(as_bytes(key.source))) % item_locks_.size()));
  FIT_TRY(auto item, catalog.find(key));
  if (!item) {
    catalog::ItemInput input;
    input.listing.source = key.source;
    input.listing.external_id = key.external_id;
    input.listing.title = asset.metadata.title;
    // The poster comes first.
    std::swap(images.files.front(), images.files[images.poster]);
    for (Bytes& file : images.files) input.images.push_back({.location = {}, .bytes = std::move(file)});
    auto put = catalog.put(input, {}, catalog::Catalog::PutAs::kImported);
    if (!put) {
      Error error = std::move(put).error();
      if (error.field.starts_with("images[")) error.field = kFile;
      return error;
    }
    FIT_TRY(item, catalog.get(put->id));
  }
  bool is_ours = false;
  for (FrameWrite& one : images.frames) {
    const domain::ImageRecord* const image = find_image(*item, one.frame.sha256);
    if (image == nullptr) continue;
    describe_frame(one.frame, *image);
    is_ours = true;
  }
  if (!is_ours) return taken_by_another(key);
  AssetFacts facts = facts_of(asset, std::move(images.frames), images.poster);
  facts.properties = domain::properties_json(item->listing.properties);
  facts.item = item->id;
  return facts;
}

}  // namespace fit::ingest
