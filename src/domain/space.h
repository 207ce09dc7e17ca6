#pragma once

#include <cstdint>
#include <string>

namespace fit::domain {

// What the vectors of a space are made from.
enum class VectorsOf : std::uint8_t {
  kImages,  // at most one vector an image
  kTexts,   // the title, description and properties of an item; at most one vector an item
};

// A vector space: the output of one version of one embedding model. Name and version identify it.
struct SpaceSpec {
  std::string name;     // not empty
  std::string model;    // for people
  std::string version;  // vectors of two versions are not comparable
  int dimensions = 0;   // at least 1
  VectorsOf of = VectorsOf::kImages;
};

// A space of the catalogue. It never changes: a new version of a model is a new space.
struct SpaceRecord : SpaceSpec {
  std::int64_t id = 0;
};

}  // namespace fit::domain
