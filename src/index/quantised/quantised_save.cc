// The manifest of a quantised index, and the files beside it.
#include <array>
#include <bit>
#include <cstring>
#include <set>

#include "base/byte_stream.h"
#include "base/files.h"
#include "base/format.h"
#include "index/quantised/quantised_index.h"

namespace fit::index {
namespace {

// The kSegments section of the manifest: the number of segments (u64), and for each the name of its file
// (text), the checksum of its header (u64), six levels of its calibration (nearness as float32, probes and
// reads as u32, the recall measured with them as float32), and its dead rows, a bit each in words of 64
// (bytes). A text or bytes are their length (u64) and content.
Bytes segment_table(std::span<const LiveSegment> segments) {
  ByteWriter out;
  out.put(std::uint64_t{segments.size()});
  for (const LiveSegment& live : segments) {
    out.put_text(live.segment->name());
    out.put(live.segment->checksum());
    live.calibration.write(out);
    out.put_bytes(std::as_bytes(std::span(live.dead)));
  }
  return out.take();
}

Error from_system(std::string_view what, const std::error_code& error) {
  return from_errno(std::string(what), error.value());
}

// Puts a segment's file into another folder: by a second name of the same file where that is possible.
Result<void> place_segment(const Segment& segment, const std::filesystem::path& folder) {
  const std::filesystem::path target = folder / segment.name();
  std::error_code error;
  if (std::filesystem::exists(target, error)) return {};
  std::filesystem::create_hard_link(segment.path(), target, error);
  if (!error) return {};
  std::filesystem::path aside = target;
  aside += ".tmp";
  std::filesystem::copy_file(segment.path(), aside, std::filesystem::copy_options::overwrite_existing, error);
  if (error) return from_system("copy a segment of the index", error);
  FIT_CHECK(sync_path(aside));
  std::filesystem::rename(aside, target, error);
  if (error) return from_system("rename a segment of the index", error);
  return {};
}

// Removes the segments that are not among `names`, whole ones and those that a crash left unfinished.
void remove_other_segments(const std::filesystem::path& folder, const std::set<std::string>& names) {
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
    std::filesystem::path name = file.path().filename();
    if (name.extension() == ".tmp") name.replace_extension();
    std::error_code ignored;
    if (name.string().starts_with("segment-") && !names.contains(name.string()))
      std::filesystem::remove(file.path(), ignored);
  }
}

Error not_ours(std::string_view why, const std::filesystem::path& folder) {
  return Error{ErrorCode::kConflict,
               fit::format("another process {} the folder of this index", why),
               {},
               folder.string()};
}

}  // namespace

Result<void> QuantisedIndex::save(const std::filesystem::path& folder, std::int64_t position,
                                  const std::string& space_version) const {
  const std::lock_guard update(update_mutex_);
  return write_to(folder, position, space_version);
}

Result<void> QuantisedIndex::checkpoint(std::int64_t position, const std::string& space_version) {
  if (folder_.empty()) return invalid("folder", "of the index is not set: it has no checkpoints");
  const std::lock_guard update(update_mutex_);
  return write_to(folder_, position, space_version);
}

Result<void> QuantisedIndex::write_to(const std::filesystem::path& folder, std::int64_t position,
                                      const std::string& space_version) const {
  FIT_CHECK(make_dirs(folder));
  std::error_code ignored;
  const bool is_home = !folder_.empty() && std::filesystem::equivalent(folder, folder_, ignored);
  if (is_home && !owns_folder()) return not_ours("writes to", folder);
  // An index that has ended may have left a later checkpoint than this one would be.
  if (is_home && snapshot_identity(folder) != manifest_) {
    const auto there = SnapshotReader::open(folder);
    if (there && there->info().position > position) return not_ours("has written to", folder);
  }
  FIT_TRY(SnapshotWriter file, SnapshotWriter::create(folder));
  std::set<std::string> names;
  for (const LiveSegment& live : segments_) {
    FIT_CHECK(place_segment(*live.segment, folder));
    names.insert(live.segment->name());
  }
  const FrozenRows none;
  const FrozenRows& frozen = frozen_ != nullptr ? *frozen_ : none;
  const std::size_t frozen_bytes = frozen.table.size() * rows_->row_bytes();
  const auto items = table_.raw_items();
  const auto frozen_items = frozen.table.raw_items();
  const auto add = [&file](ByteView first, ByteView second) {
    const std::array parts = {first, second};
    return file.add(parts);
  };
  FIT_CHECK(add(std::as_bytes(frozen.table.raw_images()), std::as_bytes(table_.raw_images())));
  FIT_CHECK(add(std::as_bytes(std::span(frozen_items)), std::as_bytes(std::span(items))));
  FIT_CHECK(add({frozen_bytes > 0 ? frozen.rows->data() : nullptr, frozen_bytes},
                {rows_->data(), table_.size() * rows_->row_bytes()}));
  FIT_CHECK(file.add(segment_table(segments_)));
  FIT_CHECK(file.commit({.kind = SnapshotKind::kQuantised,
                         .dimensions = static_cast<std::uint32_t>(options_.dimensions),
                         .slots = frozen.table.size() + table_.size(),
                         .row_bytes = rows_->row_bytes(),
                         .position = position,
                         .space_version = space_version}));
  if (is_home) {
    manifest_ = snapshot_identity(folder);
    for (LiveSegment& live : segments_) live.is_kept = true;
    names.insert(writing_.begin(), writing_.end());
  }
  remove_other_segments(folder, names);
  return {};
}

Result<std::unique_ptr<VectorIndex>> QuantisedIndex::load(const SnapshotReader& manifest,
                                                          const std::filesystem::path& folder,
                                                          const IndexOptions& options) {
  const SnapshotInfo& info = manifest.info();
  auto index = std::make_unique<QuantisedIndex>(options, folder);
  const std::lock_guard update(index->update_mutex_);  // its threads run
  if (info.row_bytes != index->rows_->row_bytes()) return SnapshotReader::damaged("a row has another size");
  FIT_TRY(const auto images, manifest.read_all<std::int64_t>(Section::kImages));
  FIT_TRY(const auto items, manifest.read_all<std::int64_t>(Section::kItems));
  if (images.size() != info.slots || items.size() != info.slots ||
      manifest.bytes(Section::kRows) / info.row_bytes != info.slots) {
    return SnapshotReader::damaged("its sections do not fit together");
  }
  index->rows_->reserve(info.slots);
  FIT_CHECK(manifest.read(Section::kRows, {index->rows_->data(), manifest.bytes(Section::kRows)}));
  if (!index->table_.restore(images, items)) return SnapshotReader::damaged("an image comes twice");
  FIT_TRY(const auto table, manifest.read_all<std::byte>(Section::kSegments));
  FIT_CHECK(index->load_segments(table, folder));
  index->flusher_.wake();
  index->merger_.wake();
  index->loader_.start([loaded = index.get()](const std::stop_token& stop) { loaded->load_codes(stop); });
  return std::unique_ptr<VectorIndex>(std::move(index));
}

Result<void> QuantisedIndex::load_segments(ByteView table, const std::filesystem::path& folder) {
  ByteReader in(table);
  const std::size_t count = in.get_count(1);
  for (std::size_t i = 0; i < count; ++i) {
    LiveSegment live;
    live.is_kept = true;
    const std::string name(in.get_text());
    const auto checksum = in.get<std::uint64_t>();
    const bool is_calibrated = live.calibration.read(in);
    const ByteView dead = in.get_bytes();
    if (!in.ok() || !is_calibrated || !name.starts_with("segment-") || name.contains('/')) break;
    FIT_TRY(live.segment, Segment::open(folder / name, dimension_count()));
    if (live.segment->checksum() != checksum)
      return SegmentReader::damaged("it is not the one that was saved");
    live.dead.resize((live.segment->rows() + 63) / 64);
    if (dead.size() != live.dead.size() * sizeof(std::uint64_t)) break;
    std::memcpy(live.dead.data(), dead.data(), dead.size());
    for (const std::uint64_t word : live.dead)
      live.dead_count += static_cast<std::size_t>(std::popcount(word));
    if (live.dead_count > live.segment->rows()) break;
    segments_.push_back(std::move(live));
  }
  if (!in.is_done() || segments_.size() != count)
    return SnapshotReader::damaged("its table of segments is inconsistent");
  return {};
}

}  // namespace fit::index
