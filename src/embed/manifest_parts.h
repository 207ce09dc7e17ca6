#pragma once

#include <array>

#include "base/json_reader.h"
#include "embed/manifest.h"

namespace fit::embed {

// Parts of manifests for parse_manifest() and to_json(). Problems go to the reader.

// A list of three numbers, one for each channel.
std::array<float, 3> three_numbers(JsonReader& reader, const char* key, bool positive);

// The members of a manifest with "role": "detector" that no other has: input, output, labels, threshold and
// overlap.
DetectorHead read_detector(JsonReader& reader);
// Writes the same members.
void write_detector(const DetectorHead& head, Json& manifest);

}  // namespace fit::embed
