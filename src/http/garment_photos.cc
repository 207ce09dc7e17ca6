#include "http/garment_photos.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/format.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "ingest/assets/asset_service.h"
#include "media/image.h"

namespace fit::http {

Result<void> judge_chosen(const WardrobeCall& call, const std::string& field, std::int64_t id) {
  catalog::ItemWriter& writer = call.tenant.catalog.writer();
  if (!writer.refuses_objectionable()) return {};
  FIT_TRY(const ingest::Asset asset, asset_of_photo(call.tenant, id));
  if (asset.sha256.empty()) return {};  // its work judges it, once it is fetched
  FIT_TRY(const std::string location, photo_location(asset));
  FIT_TRY(const Bytes content, writer.files().original(location, writer.image_limits().max_bytes));
  return writer.refuse_objectionable(field, content);
}

Result<void> check_photo(const WardrobeCall& call, const PhotoFile& file) {
  catalog::ItemWriter& writer = call.tenant.catalog.writer();
  const std::uint64_t most = writer.image_limits().max_bytes;
  FIT_TRY(const ingest::CheckedFile checked,
          ingest::check_file(file.field, file.content, {.image_bytes = most, .video_bytes = most}));
  if (ingest::is_video(checked.media_type)) {
    return Error{ErrorCode::kUnsupportedMedia, "must be a photo", file.field, {}};
  }
  FIT_CHECK(media::probe(file.field, file.content, writer.image_limits()));
  return writer.refuse_objectionable(file.field, file.content);
}

TakenPhotos::~TakenPhotos() {
  // Another error would hide why the garments could not be stored.
  if (!new_assets_.empty()) std::ignore = remove_unused_assets(call_, new_assets_);
}

Result<std::vector<style::GarmentPhoto>> TakenPhotos::take(std::span<const PhotoFile> files) {
  std::vector<ingest::SentFile> sent;
  for (const PhotoFile& file : files) {
    sent.push_back({.field = file.field,
                    .name = ingest::display_name(file.name),
                    .content = file.content,
                    .metadata = {},
                    .owner = call_.request.principal.id});
  }
  const auto results = call_.tenant.assets->intake().accept(sent);
  std::vector<style::GarmentPhoto> photos;
  for (const auto& result : results) {
    if (!result) continue;
    if (!result->is_known) new_assets_.push_back(result->id.value);
    photos.push_back({.asset = result->id.value, .is_sent = !result->is_known});
  }
  for (const auto& result : results) FIT_CHECK(result);
  return photos;
}

Result<void> remove_unused_assets(const WardrobeCall& call, std::span<const std::int64_t> unused) {
  return call.tenant.assets->assets().remove_without_item(unused);
}

Result<std::set<std::int64_t>> usable_photos(const WardrobeCall& call, std::span<const std::int64_t> assets) {
  const Principal& caller = call.request.principal;
  style::WardrobeStore store = call.store;
  return store.usable_photos({.user = call.user,
                              .principal = caller.id,
                              .sees_assets = caller.scopes.contains(accounts::Scope::kIngest)},
                             assets);
}

Result<std::vector<style::GarmentPhoto>> chosen_photos(const WardrobeCall& call,
                                                       std::span<const std::int64_t> assets,
                                                       std::span<const style::GarmentPhoto> had) {
  FIT_TRY(const auto usable, usable_photos(call, assets));
  std::vector<style::GarmentPhoto> photos;
  for (const std::int64_t id : assets) {
    const std::string field = fit::format("asset_ids[{}]", photos.size());
    if (!usable.contains(id)) return invalid(field, "is no photo that you have sent");
    if (!std::ranges::contains(had, id, &style::GarmentPhoto::asset)) {
      FIT_CHECK(judge_chosen(call, field, id));
    }
    photos.push_back({.asset = id, .is_sent = false});
  }
  return photos;
}

}  // namespace fit::http
