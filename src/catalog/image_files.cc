#include "catalog/image_files.h"

#include <algorithm>

#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "media/format.h"
#include "media/image.h"

namespace fit::catalog {
namespace {

constexpr std::string_view kPrefix = "stored:";
constexpr std::uint64_t kMaxThumbnailBytes = 16u << 20;

// The extension of files in a format (ImageFields::format).
std::string_view extension(std::string_view format) {
  return format == "jpeg" ? "jpg" : format;
}

std::string name_of(const domain::ImageFields& image) {
  return original_name(image.sha256, image.format);
}

std::string thumbnail_name(const std::string& sha256) {
  return sha256 + ".jpg";
}

// Whether a file with this beginning and end is a complete JPEG. A power failure may leave a file that was
// not synced empty or full of zeros.
bool is_whole_jpeg(ByteView beginning, ByteView end) {
  return as_text(beginning).starts_with("\xff\xd8") && as_text(end).ends_with("\xff\xd9");
}

Error cut_short() {
  return not_found("the thumbnail was cut short");
}

Result<ImageFile> local_file(std::string_view field, const std::filesystem::path& path,
                             const FileReader& file) {
  FIT_TRY(const Bytes beginning, file.read(0, media::kFormatBytes));
  FIT_TRY(const media::Format format, media::detect_format(field, beginning));
  return ImageFile{.path = path,
                   .content = {},
                   .version = fit::format("{:x}-{:x}", file.modified_at().count(), file.size_bytes()),
                   .mime_type = std::string(media::mime_type(format))};
}

}  // namespace

std::string original_name(std::string_view sha256, std::string_view format) {
  return std::string(sha256) + "." + std::string(extension(format));
}

Result<ImageFile> image_file(std::string_view field, Bytes content) {
  FIT_TRY(const media::Format format, media::detect_format(field, content));
  std::string version = fit::format("{:016x}", xxh3(content));
  return ImageFile{.path = {},
                   .content = std::move(content),
                   .version = std::move(version),
                   .mime_type = std::string(media::mime_type(format))};
}

Result<ImageFile> image_file(std::string_view field, const std::filesystem::path& path,
                             std::uint64_t max_bytes) {
  FIT_TRY(const FileReader file, FileReader::open(path));
  if (file.size_bytes() > max_bytes) {
    return Error{ErrorCode::kTooLarge, fit::format("is larger than {} bytes", max_bytes), path.string(), {}};
  }
  return local_file(field, path, file);
}

Result<std::string> ImageFiles::put_original(const domain::ImageFields& image, ByteView content) {
  const std::string name = name_of(image);
  FIT_CHECK(originals_->put(name, content, blobs::Durability::kSynced));
  states_->remove_damaged(name);
  return std::string(kPrefix) + name;
}

Result<Bytes> ImageFiles::original(std::string_view location, std::uint64_t max_bytes) const {
  const std::string name = stored_name(location);
  if (name.empty()) return not_found("there is no stored image of that name");
  auto content = originals_->get(name, max_bytes);
  if (content && sha256_hex(*content) != blobs::sha256_of_name(name)) {
    states_->add_damaged({.name = name, .is_lost = false});
    return Error{ErrorCode::kDamaged, "the stored image is damaged", {}, name};
  }
  if (content) states_->remove_damaged(name);
  if (!content && content.error().code == ErrorCode::kNotFound)
    states_->add_damaged({.name = name, .is_lost = true});
  return content;
}

Result<void> ImageFiles::restore_original(ByteView content) {
  const auto format = media::sniff_format(content);
  if (!format) return {};
  domain::ImageFields image;
  image.sha256 = sha256_hex(content);
  image.format = media::to_string(*format);
  const auto stored = originals_->get(name_of(image), content.size());
  if (stored && std::ranges::equal(*stored, content)) {
    states_->remove_damaged(name_of(image));
    return {};
  }
  FIT_CHECK(put_original(image, content));
  return {};
}

Result<void> ImageFiles::verify(const std::string& name, const std::filesystem::path& path,
                                std::uint64_t max_bytes) const {
  auto file = FileReader::open(path);
  if (!file && file.error().code == ErrorCode::kNotFound)
    states_->add_damaged({.name = name, .is_lost = true});
  if (!file) return std::move(file).error();
  const FileStates::Version version{.modified_at = file->modified_at(), .size_bytes = file->size_bytes()};
  if (states_->is_verified(name, version)) return {};
  FIT_CHECK(original(std::string(kPrefix) + name, max_bytes));
  states_->set_verified(name, version);
  return {};
}

Result<ImageFile> ImageFiles::open_original(std::string_view field, std::string_view location,
                                            std::uint64_t max_bytes) const {
  const auto path =
      is_stored(location) ? originals_->local_path(location.substr(kPrefix.size())) : std::nullopt;
  if (!path) {
    FIT_TRY(Bytes content, original(location, max_bytes));
    return image_file(field, std::move(content));
  }
  const std::string name = path->filename().string();
  FIT_CHECK(verify(name, *path, max_bytes));
  FIT_TRY(ImageFile file, image_file(field, *path, max_bytes));
  file.version = blobs::sha256_of_name(name);
  return file;
}

void ImageFiles::renew_original(std::string_view location) {
  if (!is_stored(location)) return;
  // A file that cannot be renewed keeps its age, and pruning may remove it as any file without an item.
  [[maybe_unused]] const auto renewed = originals_->renew(stored_name(location));
}

Result<void> ImageFiles::put_thumbnail(const std::string& sha256, ByteView jpeg) {
  return thumbnails_->put(thumbnail_name(sha256), jpeg, blobs::Durability::kUnsynced);
}

Result<ImageFile> ImageFiles::open_thumbnail(const std::string& sha256) const {
  const std::string name = thumbnail_name(sha256);
  const auto path = thumbnails_->local_path(name);
  if (!path) {
    FIT_TRY(Bytes content, thumbnails_->get(name, kMaxThumbnailBytes));
    if (!is_whole_jpeg(content, content)) return cut_short();
    return image_file("thumbnail", std::move(content));
  }
  FIT_TRY(const FileReader file, FileReader::open(*path));
  FIT_TRY(const Bytes beginning, file.read(0, 2));
  FIT_TRY(const Bytes end, file.read(std::max<std::uint64_t>(file.size_bytes(), 2) - 2, 2));
  if (!is_whole_jpeg(beginning, end)) return cut_short();
  return local_file("thumbnail", *path, file);
}

ImageFiles stored_image_files(const blobs::Storage& storage) {
  return {storage.store(kOriginals), storage.store(kThumbnails)};
}

ImageFiles local_image_files(const std::filesystem::path& storage_path) {
  return stored_image_files(blobs::Storage(storage_path));
}

bool is_stored(std::string_view location) {
  return location.starts_with(kPrefix) && !blobs::sha256_of_name(location.substr(kPrefix.size())).empty();
}

std::string stored_name(std::string_view location) {
  return is_stored(location) ? std::string(location.substr(kPrefix.size())) : std::string();
}

void FileStates::add_damaged(DamagedFile file) {
  const std::lock_guard lock(mutex_);
  verified_.erase(file.name);
  if (is_lost_.size() < kMaxDamaged) is_lost_[std::move(file.name)] = file.is_lost;
}

void FileStates::remove_damaged(const std::string& name) {
  const std::lock_guard lock(mutex_);
  is_lost_.erase(name);
}

std::vector<DamagedFile> FileStates::damaged() const {
  const std::lock_guard lock(mutex_);
  std::vector<DamagedFile> files;
  for (const auto& [name, is_lost] : is_lost_) files.push_back({name, is_lost});
  return files;
}

bool FileStates::is_verified(const std::string& name, const Version& version) const {
  const std::lock_guard lock(mutex_);
  const auto found = verified_.find(name);
  return found != verified_.end() && found->second == version;
}

void FileStates::set_verified(const std::string& name, const Version& version) {
  const std::lock_guard lock(mutex_);
  if (verified_.size() >= kMaxVerified) verified_.clear();
  verified_[name] = version;
}

}  // namespace fit::catalog
