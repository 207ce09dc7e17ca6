#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fit::ingest {

// Images are numbers from 0 in these calls, which neither block nor fail.

// A pair of images with the cosine of their vectors.
struct SimilarImages {
  std::uint32_t one = 0;
  std::uint32_t other = 0;
  float similarity = 0;
};

struct ImagePair {
  std::uint32_t one = 0;
  std::uint32_t other = 0;
};

// Parts of at most `most` images each, so that no pair of `pairs` has its images in two parts unless the
// parts would be too large together: the most similar pairs are heeded first. `pairs` is in descending order
// of similarity; the images of `together` are as near as can be. Images that are in no pair are left out.
// The images of a part are in ascending order, and so are the parts by their first image.
std::vector<std::vector<std::uint32_t>> connected_parts(std::size_t images,
                                                        std::span<const ImagePair> together,
                                                        std::span<const SimilarImages> pairs,
                                                        std::size_t most);

// What average_link() works on.
struct LinkInput {
  std::vector<float> vectors = {};  // of all images, one after the other, each with L2 norm 1
  std::size_t dimensions = 0;
  std::vector<SimilarImages> pairs = {};  // the neighbour graph
  std::vector<ImagePair> together = {};   // linked first, unless `apart` says otherwise
  std::vector<ImagePair> merged = {};  // the clusters that they have come to become one at the end; likewise
  std::vector<ImagePair> apart = {};   // never in one cluster
  double threshold = 0;
};

// Clusters images by average linkage (UPGMA: Sokal and Michener, 1958) on a neighbour graph: as long as some
// pair of clusters that the graph connects has a mean cosine of at least the threshold over all its pairs of
// images, the most similar pair of clusters becomes one. The mean is exact, also for images that the graph
// does not connect: for vectors of norm 1 it is the cosine of the clusters' sums, scaled by their sizes.
// Equal means are taken in the order of the images, so that the result depends on the input alone. Returns
// for each image the smallest image of its cluster. Takes memory for the vectors and the pairs.
std::vector<std::uint32_t> average_link(LinkInput input);

}  // namespace fit::ingest
