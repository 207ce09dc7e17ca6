#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "http/wardrobe_call.h"

namespace fit::http {

// A file that is to become a photo of a garment.
struct PhotoFile {
  std::string field;  // the name of errors: "files[2]"
  std::string name;   // for display
  ByteView content;
};

// Checks a file before anything is stored: that it is an image whose header can be read, and that the content
// filter does not refuse it. Errors naming `file.field`: those of ingest::check_file() and media::probe();
// kUnsupportedMedia for a video; kInvalid of the content filter. The filter decodes the image, which uses a
// processor core.
Result<void> check_photo(const WardrobeCall& call, const PhotoFile& file);

// Photos that become assets before their garments are stored. Unless keep() is called, the destructor removes
// those that are new. Not thread-safe. Borrows the call.
class TakenPhotos {
 public:
  explicit TakenPhotos(const WardrobeCall& call) : call_(call) {}
  TakenPhotos(const TakenPhotos&) = delete;
  TakenPhotos& operator=(const TakenPhotos&) = delete;
  ~TakenPhotos();

  // Makes assets of files that check_photo() has accepted, as POST /api/v1/ingest does, and returns one photo
  // for each. The errors of ingest::AssetIntake::accept().
  Result<std::vector<style::GarmentPhoto>> take(std::span<const PhotoFile> files);
  void keep() { new_assets_.clear(); }

 private:
  const WardrobeCall& call_;
  std::vector<std::int64_t> new_assets_;
};

// Removes assets that came with garments. One of which an item was made belongs to the catalogue.
Result<void> remove_unused_assets(const WardrobeCall& call, std::span<const std::int64_t> unused);

// Those of the assets that may be photos of the caller's garments.
Result<std::set<std::int64_t>> usable_photos(const WardrobeCall& call, std::span<const std::int64_t> assets);

// Lets the content filter judge a photo that became an asset before, whose own work may not have ended yet.
// Errors as for check_photo(), naming `field`.
Result<void> judge_chosen(const WardrobeCall& call, const std::string& field, std::int64_t asset);

// The assets as photos. kInvalid naming "asset_ids[2]" for one that may be no photo of the caller, or that
// the content filter refuses; those of `had` are not judged again.
Result<std::vector<style::GarmentPhoto>> chosen_photos(const WardrobeCall& call,
                                                       std::span<const std::int64_t> assets,
                                                       std::span<const style::GarmentPhoto> had);

}  // namespace fit::http
