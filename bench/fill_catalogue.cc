// fill_catalogue DATABASE_URL VECTORS.f32 COUNT SPACE MODEL VERSION [outfits]
//
// Adds COUNT generated items to a catalogue, each with one image whose vector is read from a file of
// little-endian float32 rows of 512, so that a server can be measured over a large catalogue without
// embedding photos. With `outfits`, their properties are those of pieces of outfits.
#include <array>
#include <cstdio>
#include <fstream>
#include <string_view>
#include <vector>

#include "base/format.h"
#include "store/catalogue.h"

namespace {

constexpr int kDimensions = 512;
constexpr std::int64_t kBatch = 500;
constexpr std::array kColours = {"black", "white", "red",   "navy", "grey",
                                 "green", "pink",  "brown", "blue", "beige"};
constexpr std::array kKinds = {"jacket", "dress", "jeans",  "t-shirt", "coat",   "skirt",
                               "shirt",  "shoes", "hoodie", "bag",     "sweater"};

// Pieces of outfits, with words of the ontology.
struct Garment {
  const char* category;
  const char* subcategory;
};
constexpr std::array kGarments = {
    Garment{"tops", "t-shirt"},        Garment{"tops", "blouse"},    Garment{"tops", "sweater"},
    Garment{"bottoms", "jeans"},       Garment{"bottoms", "skirt"},  Garment{"bottoms", "trousers"},
    Garment{"dresses", "dress"},       Garment{"shoes", "sneakers"}, Garment{"shoes", "boots"},
    Garment{"shoes", "sandals"},       Garment{"outerwear", "coat"}, Garment{"outerwear", "jacket"},
    Garment{"bags", "handbag"},        Garment{"bags", "backpack"},  Garment{"accessories", "belt"},
    Garment{"accessories", "necklace"}};
constexpr std::array kGenders = {"women", "men", "unisex"};
constexpr std::array kSeasons = {"summer", "winter", "all season", ""};
constexpr std::array kOccasions = {"everyday", "work", "party", ""};

void make_piece(fit::domain::Properties& properties, std::uint64_t mixed) {
  const Garment& garment = kGarments[mixed / 16 % kGarments.size()];
  properties[fit::domain::kCategory] = garment.category;
  properties[fit::domain::kSubcategory] = garment.subcategory;
  properties[fit::domain::kGender] = kGenders[mixed / 4096 % kGenders.size()];
  properties[fit::domain::kSeason] = kSeasons[mixed / 16'384 % kSeasons.size()];
  properties[fit::domain::kOccasion] = kOccasions[mixed / 65'536 % kOccasions.size()];
}

fit::domain::ItemWrite make_item(std::int64_t number, std::int64_t space_id, std::vector<float> vector,
                                 bool is_piece) {
  fit::domain::ItemWrite item;
  item.listing.source = "bench";
  item.listing.external_id = std::to_string(number);
  // The bits are mixed, so that the properties are independent of each other.
  const std::uint64_t mixed = static_cast<std::uint64_t>(number) * 0x9E3779B97F4A7C15U >> 20U;
  const std::string colour = kColours[mixed % kColours.size()];
  const std::string kind = kKinds[mixed / 16 % kKinds.size()];
  item.listing.title = fit::format("Made-up {} {} {}", colour, kind, number);
  item.listing.brand = fit::format("Brand {}", number % 100);
  item.listing.price = static_cast<double>(number * 7919 % 10'000) / 100;
  item.listing.currency = "USD";
  item.listing.properties[0] = fit::format("category-{}", number % 5);
  item.listing.properties[1] = kind;
  if (mixed / 1024 % 3 != 0) item.listing.properties[2] = colour;  // a third has no colour
  if (is_piece) make_piece(item.listing.properties, mixed);
  fit::domain::ImageWrite image;
  image.location = fit::format("https://shop.example/{}.jpg", number);
  image.sha256 = fit::format("{:064}", number);
  image.format = "jpeg";
  image.width = 400;
  image.height = 500;
  image.vectors = {{space_id, std::move(vector)}};
  item.images.push_back(std::move(image));
  return item;
}

fit::Result<void> fill(char** arguments, bool are_pieces) {
  FIT_TRY(const auto store, fit::store::open_catalogue(arguments[1]));
  FIT_TRY(const auto space, store->spaces().ensure({arguments[4], arguments[5], arguments[6], kDimensions}));
  std::ifstream file(arguments[2], std::ios::binary);
  const std::int64_t count = std::stoll(arguments[3]);
  for (std::int64_t first = 0; first < count; first += kBatch) {
    std::vector<fit::domain::ItemWrite> items;
    for (std::int64_t number = first; number < std::min(first + kBatch, count); ++number) {
      std::vector<float> vector(kDimensions);
      if (!file.read(reinterpret_cast<char*>(vector.data()), kDimensions * sizeof(float))) {
        return fit::invalid(arguments[2], "has fewer rows than COUNT");
      }
      items.push_back(make_item(number, space.id, std::move(vector), are_pieces));
    }
    FIT_CHECK(store->items().upsert(items));
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const bool are_pieces = argc == 8 && std::string_view(argv[7]) == "outfits";
  if (argc != 7 && !are_pieces) {
    std::fprintf(stderr,
                 "usage: fill_catalogue DATABASE_URL VECTORS.f32 COUNT SPACE MODEL VERSION [outfits]\n");
    return 2;
  }
  if (const auto filled = fill(argv, are_pieces); !filled) {
    std::fprintf(stderr, "fill_catalogue: %s\n", filled.error().describe().c_str());
    return 1;
  }
  return 0;
}
