// ontology_bench [ROUNDS]: measures the extraction of properties from a listing. Prints microseconds per
// listing.
#include <chrono>
#include <cstdlib>
#include <iostream>

#include "base/format.h"
#include "base/stopwatch.h"
#include "ontology/extractor.h"

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 20'000;
  const auto ontology = fit::ontology::Ontology::load();
  if (!ontology) {
    std::cerr << ontology.error().describe() << "\n";
    return 1;
  }
  const fit::ontology::Extractor extractor(*ontology);
  const std::vector<std::string> tags = {"denim", "90s", "streetwear", "unisex"};
  const fit::ontology::ItemText item{
      .title = "Vintage 90s Levi's light blue denim trucker jacket, oversized, size M",
      .description =
          "Loved and worn with care for years, no flaws and no stains. The lining is cotton, the buttons "
          "are silver. Not wool, no hood. Goes well with black jeans or a white t-shirt. Pit to pit 56 cm, "
          "length 65 cm, fits M to L. From a smoke-free home, can be posted tomorrow, happy to bundle. "
          "See my other listings for more jackets, dresses, knitwear and shoes, in all sizes and colours.",
      .tags = tags,
      .brand = "Levi's"};
  std::size_t found = 0;
  const fit::Stopwatch watch;
  for (int i = 0; i < rounds; ++i) found += extractor.extract(item).found[1].has_value() ? 1U : 0U;
  std::cout << fit::format("{:.1f} microseconds per listing ({} of {} with a garment)\n",
                           watch.seconds() * 1e6 / rounds, found, rounds);
  return 0;
}
