#include "catalog/recolours.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/format.h"
#include "base/hash.h"
#include "blobs/storage_error.h"
#include "catalog/cutouts.h"
#include "media/cutout.h"
#include "media/recolour.h"

namespace fit::catalog {
namespace {

constexpr std::string_view kRecolourField = "image";
constexpr std::uint64_t kMaxRecolourBytes = 8u << 20;
constexpr int kRecolourQuality = 90;
constexpr std::string_view kReasonMark = "reason ";
constexpr std::string_view kNoMask = "the background of the image cannot be told from the garment";

// The first line of a stored file: what it is, and the number of bytes behind it, because a power failure may
// leave a file that was not synced cut short.
std::string head_of(const RecolourChoice& choice, std::size_t size_bytes) {
  return fit::format("recolour {:06x} {} {}\n", choice.to, choice.percent, size_bytes);
}

// The name of the slot of a colour. The digit grows when images are recoloured in another way.
std::string slot_name(const std::string& sha256, const RecolourChoice& choice) {
  const std::string key = fit::format("{:06x} {}", choice.to, choice.percent);
  return fit::format("{}.r1x{:02x}", sha256, xxh3(as_bytes(key)) % kRecolourSlots);
}

// The content of a slot behind its first line: a JPEG file, or a reason.
Result<Bytes> recoloured(ByteView file, const RecolourChoice& choice, const media::Limits& limits) {
  const auto refuse = [](std::string_view reason) {
    const std::string text = std::string(kReasonMark) + std::string(reason);
    const ByteView bytes = as_bytes(text);
    return Bytes(bytes.begin(), bytes.end());
  };
  FIT_TRY(auto decoded, decode_reduced(file, media::kRecolourSide, limits));
  if (!decoded) return refuse(kNoMask);
  media::Image image = *std::move(decoded);
  if (const int longer = std::max(image.width, image.height); longer > media::kRecolourSide) {
    const auto scaled = [longer](int side) {
      return std::max(1, static_cast<int>((std::int64_t{side} * media::kRecolourSide + longer / 2) / longer));
    };
    FIT_TRY(image, media::resize(image, scaled(image.width), scaled(image.height)));
  }
  FIT_TRY(const auto alpha, media::find_foreground(image, limits));
  if (!alpha) return refuse(kNoMask);
  const auto painted = media::recolour(image, *alpha, {.to = choice.to, .strength = choice.percent / 100.0});
  if (!painted && painted.error().code == ErrorCode::kConflict) return refuse(painted.error().message);
  FIT_CHECK(painted);
  return media::encode_jpeg(*painted, media::kRecolourSide, kRecolourQuality);
}

Result<StoredRecolour> read_content(Bytes content) {
  if (as_text(content).starts_with(kReasonMark)) {
    return StoredRecolour{.file = {}, .reason = std::string(as_text(content).substr(kReasonMark.size()))};
  }
  FIT_TRY(ImageFile file, image_file(kRecolourField, std::move(content)));
  return StoredRecolour{.file = std::move(file), .reason = {}};
}

}  // namespace

Result<std::optional<StoredRecolour>> stored_recolour(ImageFiles& files, const std::string& sha256,
                                                      const RecolourChoice& choice) {
  const auto slot = files.thumbnails().get(slot_name(sha256, choice), kMaxRecolourBytes);
  if (!slot && slot.error().code == ErrorCode::kNotFound) return std::nullopt;
  FIT_CHECK(slot);
  const std::size_t line = as_text(*slot).find('\n');
  if (line == std::string_view::npos) return std::nullopt;
  const std::size_t size_bytes = slot->size() - line - 1;
  if (as_text(*slot).substr(0, line + 1) != head_of(choice, size_bytes))
    return std::nullopt;  // another colour
  FIT_TRY(StoredRecolour known,
          read_content(Bytes(slot->begin() + static_cast<std::ptrdiff_t>(line) + 1, slot->end())));
  return std::optional(std::move(known));
}

Result<StoredRecolour> make_recolour(ImageFiles& files, ByteView file, const std::string& sha256,
                                     const RecolourChoice& choice, const media::Limits& limits) {
  FIT_TRY(Bytes content, recoloured(file, choice, limits));
  const std::string head = head_of(choice, content.size());
  const ByteView head_bytes = as_bytes(head);
  Bytes slot(head_bytes.begin(), head_bytes.end());
  slot.insert(slot.end(), content.begin(), content.end());
  if (auto put = files.thumbnails().put(slot_name(sha256, choice), slot, blobs::Durability::kUnsynced);
      !put) {
    return blobs::storage_error(put.error(), "image");
  }
  return read_content(std::move(content));
}

}  // namespace fit::catalog
