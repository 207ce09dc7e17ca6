#include "catalog/content_hash.h"

#include <sys/stat.h>

#include <bit>
#include <limits>

#include "base/format.h"
#include "base/hash.h"
#include "catalog/edits.h"
#include "catalog/text_rules.h"

namespace fit::catalog {
namespace {

// Hashes texts together with their lengths, so that different lists of texts have different input.
class Digest {
 public:
  void add(std::string_view text) {
    hash_.update(as_bytes(fit::format("{}:", text.size())));
    hash_.update(as_bytes(text));
  }
  void add(std::int64_t number) { add(std::to_string(number)); }
  std::string hex() { return hash_.hex(); }

 private:
  Sha256 hash_;
};

void add_listing(Digest& digest, const domain::Listing& listing) {
  for (const std::string* text :
       {&listing.source, &listing.external_id, &listing.title, &listing.description, &listing.brand,
        &listing.currency, &listing.size, &listing.url, &listing.status}) {
    digest.add(*text);
  }
  digest.add(listing.price ? std::bit_cast<std::int64_t>(*listing.price) : std::int64_t{-1});
  digest.add(listing.listed_at ? listing.listed_at->time_since_epoch().count()
                               : std::numeric_limits<std::int64_t>::min());
  for (const std::string& property : listing.properties) digest.add(property);
}

void add_image(Digest& digest, const ImageSource& image) {
  if (!image.bytes.empty()) {
    digest.add("bytes");
    digest.add(sha256_hex(image.bytes));
    return;
  }
  digest.add(image.location);
  if (is_http_url(image.location)) return;
  struct stat status{};
  if (::stat(image.location.c_str(), &status) != 0) return;
  digest.add(static_cast<std::int64_t>(status.st_size));
  digest.add(static_cast<std::int64_t>(status.st_mtim.tv_sec));
  digest.add(static_cast<std::int64_t>(status.st_mtim.tv_nsec));
}

}  // namespace

std::string content_hash(const ItemInput& input) {
  Digest digest;
  digest.add("item 1");  // change the number when the meaning of an input changes
  add_listing(digest, input.listing);
  digest.add(static_cast<std::int64_t>(input.images.size()));
  for (const ImageSource& image : input.images) add_image(digest, image);
  return with_edits(digest.hex().substr(0, 32), input.edits);
}

}  // namespace fit::catalog
