#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "base/byte_budget.h"
#include "base/result.h"
#include "http/wardrobe_call.h"

// Wardrobes as files, out and in.
namespace fit::http {

// The largest table of garments, in bytes.
inline constexpr std::size_t kMaxWardrobeTableBytes = 32u << 20;
// The table inside an archive.
inline constexpr std::string_view kWardrobeTable = "wardrobe.csv";

// Where archives that are being sent are kept.
struct ArchiveSpace {
  std::filesystem::path folder;        // of this process alone
  std::shared_ptr<ByteBudget> budget;  // of the disk; never null
};

// Responds with a ZIP archive: the table, and the photos that it names, as they were sent. A photo whose file
// is lost is left out. The archive is written to the disk, one photo in memory at a time. kTooLarge for a
// wardrobe above the whole budget, kTooManyRequests while others use it; kCancelled; the errors of the
// stores.
Result<Response> export_wardrobe_zip(WardrobeCall& call, const ArchiveSpace& space);

// How photos become garments.
struct PhotoGrouping {
  bool by_folder = false;  // the photos of one folder are one garment; otherwise each is one
  style::WardrobeStore::KnownPhotos known = style::WardrobeStore::KnownPhotos::kLeftOut;
};
// Reads the parameters "group" and "again" of a request. kInvalid naming them.
Result<PhotoGrouping> photo_grouping(const Request& request);
// kInvalid naming one of them that is there.
Result<void> check_no_grouping(const Request& request);

// Reads a ZIP archive: one with the table of export_wardrobe_zip(), or a folder of photos, each of which
// becomes a garment. All or nothing. The archive may hold `max_bytes`, decompressed. Errors name the file at
// fault: kInvalid, kTooLarge, and those of read_zip(); the errors of parse_garments_csv(), of the stores and
// of the intake of assets.
Result<Response> import_wardrobe_zip(WardrobeCall& call, std::uint64_t max_bytes);

// Makes garments of the files of a form, "files". All or nothing. The errors of parse_multipart(),
// check_photo(), the stores and the intake of assets.
Result<Response> add_photos(WardrobeCall& call);

}  // namespace fit::http
