#include "catalog/sample/kinds.h"

#include <array>
#include <utility>
#include <vector>

namespace fit::sample {
namespace {

constexpr std::string_view kDenimColours = "blue|blue|blue|light blue|light blue|navy|navy|black|gray|white";
constexpr std::string_view kLeatherColours = "black|black|black|brown|brown|beige|burgundy|white|red|navy|green";
constexpr std::string_view kTailored = "black|gray|navy|beige|brown|olive|burgundy|white|blue|pink|green";

constexpr std::array kAll = std::to_array<Kind>({
    // Tops.
    {.name = "t-shirt", .category = "tops", .draw = draw_t_shirt, .share = 4, .price = 14, .sizes = "clothes",
     .materials = "cotton|cotton|cotton|linen|viscose", .patterns = "solid|solid|solid|striped|striped|graphic|graphic|dotted|color block|floral|camouflage",
     .fits = "regular|regular|slim|relaxed|oversized", .necklines = "crew|crew|crew|v-neck|scoop", .sleeves = "short", .lengths = "regular|regular|cropped|long",
     .styles = "casual|casual|sporty|streetwear|vintage", .seasons = "summer|summer|all season"},
    {.name = "tank top", .category = "tops", .draw = draw_tank_top, .share = 1, .price = 12, .sizes = "clothes", .materials = "cotton|cotton|viscose|silk",
     .patterns = "solid|solid|striped|floral|dotted", .fits = "slim|regular|relaxed", .necklines = "scoop|crew|v-neck", .sleeves = "sleeveless", .lengths = "regular|cropped",
     .styles = "casual|sporty|boho", .seasons = "summer"},
    {.name = "shirt", .category = "tops", .draw = draw_shirt, .share = 4, .price = 26, .sizes = "clothes", .materials = "cotton|cotton|linen|denim|flannel|silk",
     .patterns = "solid|solid|solid|striped|pinstriped|checked|plaid|plaid|floral|dotted", .fits = "regular|slim|relaxed|oversized", .necklines = "collar", .sleeves = "long|long|long|short",
     .lengths = "regular", .closures = "button", .styles = "casual|classic|classic|vintage", .occasions = "everyday|work|work"},
    {.name = "polo shirt", .category = "tops", .draw = draw_polo, .share = 1, .price = 24, .sizes = "clothes", .materials = "cotton|pique", .patterns = "solid|solid|striped|color block",
     .fits = "regular|slim", .necklines = "collar", .sleeves = "short|short|long", .lengths = "regular", .closures = "button", .styles = "classic|sporty", .seasons = "summer|spring",
     .genders = "men|men|unisex|women"},
    {.name = "sweater", .category = "tops", .draw = draw_sweater, .share = 3, .price = 38, .sizes = "clothes", .materials = "wool|wool|cashmere|acrylic",
     .patterns = "solid|solid|solid|striped|striped|cable knit|color block", .fits = "regular|relaxed|oversized", .necklines = "crew|crew|turtleneck|v-neck|boat", .sleeves = "long",
     .lengths = "regular|regular|cropped", .styles = "classic|casual|vintage", .seasons = "winter|autumn"},
    {.name = "cardigan", .category = "tops", .draw = draw_cardigan, .share = 1, .price = 36, .sizes = "clothes", .materials = "wool|cashmere|acrylic", .patterns = "solid|solid|striped",
     .fits = "regular|relaxed", .necklines = "v-neck", .sleeves = "long", .lengths = "regular", .closures = "button", .styles = "classic|vintage|casual", .seasons = "autumn|winter|spring"},
    {.name = "hoodie", .category = "tops", .draw = draw_hoodie, .share = 3, .price = 34, .sizes = "clothes", .materials = "fleece|cotton", .patterns = "solid|solid|solid|graphic|color block|camouflage",
     .fits = "regular|relaxed|oversized", .necklines = "hooded", .sleeves = "long", .lengths = "regular|regular|cropped", .closures = "pullover|pullover|zip", .styles = "streetwear|sporty|casual",
     .seasons = "autumn|winter|all season"},
    // Outerwear.
    {.name = "bomber jacket", .category = "outerwear", .draw = draw_bomber, .share = 1, .price = 58, .sizes = "clothes", .materials = "nylon|polyester|suede", .patterns = "solid|solid|color block|camouflage",
     .fits = "regular|relaxed", .necklines = "band", .sleeves = "long", .lengths = "regular", .closures = "zip", .styles = "streetwear|casual|vintage", .seasons = "autumn|spring"},
    {.name = "denim jacket", .category = "outerwear", .draw = draw_denim_jacket, .share = 2, .price = 52, .sizes = "clothes", .materials = "denim", .colours = kDenimColours, .fits = "regular|relaxed|oversized",
     .necklines = "collar", .sleeves = "long", .lengths = "regular", .closures = "button", .styles = "casual|vintage|vintage", .seasons = "spring|autumn"},
    {.name = "puffer jacket", .category = "outerwear", .draw = draw_puffer, .share = 1, .price = 84, .sizes = "clothes", .materials = "nylon|polyester", .patterns = "solid|solid|solid|color block",
     .fits = "regular|relaxed", .necklines = "high", .sleeves = "long|long|long|sleeveless", .lengths = "regular", .closures = "zip", .styles = "sporty|casual|streetwear", .seasons = "winter"},
    {.name = "leather jacket", .category = "outerwear", .draw = draw_biker, .share = 1, .price = 120, .sizes = "clothes", .materials = "leather", .colours = "black|black|black|brown|burgundy|navy|white|red",
     .fits = "slim|regular", .necklines = "lapel", .sleeves = "long", .lengths = "regular", .closures = "zip", .styles = "edgy|vintage", .seasons = "autumn|spring"},
    {.name = "blazer", .category = "outerwear", .draw = draw_blazer, .share = 2, .price = 64, .sizes = "clothes", .materials = "twill|tweed|linen|corduroy|velvet", .patterns = "solid|solid|solid|pinstriped|plaid|checked",
     .colours = kTailored, .fits = "regular|slim|oversized", .necklines = "lapel", .sleeves = "long", .lengths = "regular", .closures = "two buttons|two buttons|one button", .styles = "classic|classic|vintage",
     .occasions = "work|formal|everyday"},
    {.name = "coat", .category = "outerwear", .draw = draw_coat, .share = 2, .price = 96, .sizes = "clothes", .materials = "tweed|twill|cotton", .patterns = "solid|solid|solid|plaid", .colours = kTailored,
     .fits = "regular|relaxed", .necklines = "lapel", .sleeves = "long", .lengths = "long|regular", .closures = "belt|button", .styles = "classic|vintage", .seasons = "winter|autumn", .occasions = "work|everyday|formal"},
    // Dresses.
    {.name = "dress", .category = "dresses", .draw = draw_dress, .share = 4, .price = 42, .sizes = "clothes", .materials = "cotton|viscose|viscose|linen|polyester",
     .patterns = "solid|solid|floral|floral|floral|dotted|striped|checked", .fits = "a-line|a-line|a-line|bodycon", .necklines = "crew|scoop|v-neck|collar|boat", .sleeves = "short|short|sleeveless|sleeveless|long|three-quarter",
     .lengths = "mini|midi|midi|maxi", .closures = "zip|zip|belt|wrap", .styles = "romantic|boho|classic|casual", .seasons = "summer|summer|spring", .occasions = "everyday|party|vacation", .genders = "women"},
    {.name = "slip dress", .category = "dresses", .draw = draw_slip_dress, .share = 1, .price = 46, .sizes = "clothes", .materials = "satin|silk", .patterns = "solid|solid|solid|floral", .fits = "slim", .necklines = "v-neck",
     .sleeves = "sleeveless", .lengths = "mini|midi|maxi", .closures = "pullover", .styles = "romantic|minimalist", .seasons = "summer", .occasions = "party|everyday", .genders = "women"},
    // Bottoms.
    {.name = "skirt", .category = "bottoms", .draw = draw_skirt, .share = 2, .price = 26, .sizes = "clothes", .materials = "cotton|denim|corduroy|viscose|suede", .patterns = "solid|solid|floral|dotted|plaid|checked",
     .fits = "a-line|a-line|pencil", .lengths = "mini|midi|maxi", .closures = "zip|button", .styles = "casual|classic|boho", .seasons = "summer|spring|all season", .genders = "women"},
    {.name = "pleated skirt", .category = "bottoms", .draw = draw_pleated_skirt, .share = 1, .price = 30, .sizes = "clothes", .materials = "polyester|twill", .patterns = "solid|solid|plaid|plaid|checked", .fits = "a-line",
     .lengths = "mini|midi", .closures = "zip", .styles = "preppy|classic", .genders = "women"},
    {.name = "jeans", .category = "bottoms", .draw = draw_jeans, .share = 4, .price = 40, .sizes = "waist", .materials = "denim", .patterns = "solid|solid|solid|solid|distressed", .colours = kDenimColours,
     .fits = "straight|straight|skinny|relaxed|wide|flared", .lengths = "full|full|full|cropped", .closures = "button", .styles = "casual|vintage|streetwear"},
    {.name = "trousers", .category = "bottoms", .draw = draw_trousers, .share = 2, .price = 36, .sizes = "waist", .materials = "twill|twill|linen|corduroy|tweed", .patterns = "solid|solid|solid|pinstriped|plaid|checked",
     .colours = kTailored, .fits = "straight|slim|wide|relaxed", .lengths = "full|full|cropped", .closures = "button", .styles = "classic|classic|minimalist", .occasions = "work|formal|everyday"},
    {.name = "joggers", .category = "bottoms", .draw = draw_joggers, .share = 1, .price = 28, .sizes = "clothes", .materials = "fleece|cotton|polyester", .patterns = "solid|solid|color block|camouflage", .fits = "relaxed|regular",
     .lengths = "full", .closures = "drawstring", .styles = "sporty|streetwear", .occasions = "sport|everyday"},
    {.name = "shorts", .category = "bottoms", .draw = draw_shorts, .share = 2, .price = 20, .sizes = "waist", .materials = "denim|cotton|cotton|linen|nylon", .patterns = "solid|solid|solid|striped|checked|camouflage|floral",
     .fits = "regular|relaxed", .lengths = "short|long", .closures = "button|drawstring", .styles = "casual|sporty", .seasons = "summer", .occasions = "everyday|sport|vacation"},
    // Shoes.
    {.name = "sneakers", .category = "shoes", .draw = draw_sneakers, .share = 4, .price = 56, .sizes = "shoes", .materials = "leather|canvas|canvas|suede", .fits = "low-top|low-top|high-top", .closures = "lace-up",
     .styles = "sporty|streetwear|casual", .occasions = "everyday|sport"},
    {.name = "boots", .category = "shoes", .draw = draw_boots, .share = 2, .price = 74, .sizes = "shoes", .materials = "leather|leather|suede", .colours = kLeatherColours, .fits = "ankle|ankle|ankle|knee-high", .closures = "lace-up|pull-on|zip",
     .styles = "classic|edgy|vintage", .seasons = "winter|autumn"},
    {.name = "heels", .category = "shoes", .draw = draw_heels, .share = 1, .price = 48, .sizes = "shoes", .materials = "leather|suede|satin|patent leather", .patterns = "solid|solid|color block", .fits = "stiletto|block heel", .closures = "slip-on|buckle",
     .styles = "classic|romantic", .occasions = "party|work|formal", .genders = "women"},
    {.name = "loafers", .category = "shoes", .draw = draw_loafers, .share = 1, .price = 52, .sizes = "shoes", .materials = "leather|leather|suede", .colours = kLeatherColours, .closures = "slip-on", .styles = "classic|preppy", .occasions = "work|everyday"},
    // Bags.
    {.name = "tote bag", .category = "bags", .draw = draw_tote, .share = 1, .price = 24, .sizes = "one", .materials = "canvas|canvas|leather|cotton", .patterns = "solid|solid|striped|graphic|color block|checked", .closures = "open",
     .styles = "casual|minimalist", .genders = "women|unisex"},
    {.name = "handbag", .category = "bags", .draw = draw_handbag, .share = 2, .price = 68, .sizes = "one", .materials = "leather|leather|suede|canvas", .closures = "clasp|zip", .styles = "classic|romantic|minimalist",
     .occasions = "everyday|work|party", .genders = "women"},
    {.name = "backpack", .category = "bags", .draw = draw_backpack, .share = 1, .price = 46, .sizes = "one", .materials = "nylon|canvas|leather", .patterns = "solid|solid|color block|camouflage|checked", .closures = "zip", .styles = "sporty|casual|streetwear",
     .genders = "unisex"},
    // Accessories.
    {.name = "cap", .category = "accessories", .draw = draw_cap, .share = 1, .price = 16, .sizes = "one", .materials = "cotton|twill|corduroy", .patterns = "solid|solid|color block|camouflage", .closures = "adjustable", .styles = "streetwear|sporty",
     .seasons = "summer|all season", .genders = "unisex|men"},
    {.name = "beanie", .category = "accessories", .draw = draw_beanie, .share = 1, .price = 14, .sizes = "one", .materials = "wool|acrylic|cashmere", .patterns = "solid|solid|striped", .styles = "casual|streetwear", .seasons = "winter", .genders = "unisex"},
    {.name = "hat", .category = "accessories", .draw = draw_hat, .share = 1, .price = 26, .sizes = "one", .materials = "straw|straw|felt|cotton", .colours = "beige|beige|brown|black|gray|olive|navy|white|pink", .styles = "boho|classic|streetwear", .seasons = "summer",
     .occasions = "vacation|everyday", .genders = "unisex|women"},
    {.name = "scarf", .category = "accessories", .draw = draw_scarf, .share = 1, .price = 20, .sizes = "one", .materials = "wool|cashmere|acrylic|cotton", .patterns = "solid|plaid|plaid|striped|checked|floral", .styles = "classic|casual", .seasons = "winter|autumn",
     .genders = "unisex|women"},
    {.name = "belt", .category = "accessories", .draw = draw_belt, .share = 1, .price = 18, .sizes = "one", .materials = "leather|suede", .colours = kLeatherColours, .closures = "buckle", .styles = "classic|vintage", .genders = "unisex|men|women"},
});

}  // namespace

std::span<const Kind> kinds() { return kAll; }

const Kind& kind_of(std::uint64_t seed, std::uint64_t index) {
  std::vector<const Kind*> round;
  for (const Kind& kind : kAll) round.insert(round.end(), static_cast<std::size_t>(kind.share), &kind);
  Random random = Random(seed).fork(index / round.size());
  for (std::size_t i = round.size() - 1; i > 0; --i) {
    std::swap(round[i], round[static_cast<std::size_t>(random.below(static_cast<int>(i) + 1))]);
  }
  return *round[index % round.size()];
}

}  // namespace fit::sample
