#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "index/vector_index.h"

namespace fit::index {

// A new, empty index, whose checkpoints go to `folder`. An index in memory makes the folder at the first
// checkpoint and leaves its content alone until then; a quantised one puts segments there, which mean nothing
// before a checkpoint names them. Without a folder, checkpoint() answers kInvalid.
std::unique_ptr<VectorIndex> make_index(const IndexOptions& options,
                                        const std::filesystem::path& folder = {});

// An index as checkpoint() or save() left it, with the position and space version that they were given.
struct OpenedIndex {
  std::unique_ptr<VectorIndex> index;  // its checkpoints go to the folder that it was opened from
  std::int64_t position = 0;
  std::string space_version;
};

// What the snapshot of a folder is, by its header alone.
struct SavedIndex {
  IndexKind kind = IndexKind::kExact;
  std::int64_t position = 0;
};

// kNotFound when the folder has no snapshot; kMalformed when its header is damaged or of another version.
Result<SavedIndex> saved_index(const std::filesystem::path& folder);

// Removes the snapshot of a folder, whose index then is forgotten. Segments beside it stay.
void remove_saved_index(const std::filesystem::path& folder);

// Opens the index that checkpoint() or save() left in `folder`. kNotFound when there is none; kMalformed when
// it is damaged, of another format version, or of another kind, dimensions or m than the options: the caller
// makes a new one and fills it from the store. Content is used only after its checksum was compared. Blocks
// while the index is read.
Result<OpenedIndex> open_index(const std::filesystem::path& folder, const IndexOptions& options);

}  // namespace fit::index
