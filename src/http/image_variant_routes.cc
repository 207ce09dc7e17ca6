#include <charconv>
#include <cmath>

#include "base/format.h"
#include "base/hash.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/cutouts.h"
#include "catalog/item_writer.h"
#include "catalog/recolours.h"
#include "domain/records.h"
#include "http/api.h"
#include "http/caller_view.h"
#include "http/immutable_file.h"
#include "ontology/ontology.h"
#include "style/outfits/colour_harmony.h"

// Images of items without their background, and with the garment in another colour.
namespace fit::http {
namespace {

Response send_variant(const Request& request, catalog::ImageFile file) {
  const CachedBy cached_by = request.principal.is_anybody() ? CachedBy::kEverybody : CachedBy::kClient;
  Response response = immutable_file(request, file.mime_type, file.version, cached_by);
  if (response.status == 304) return response;
  response.body = as_text(file.content);
  response.file = std::move(file.path);
  return response;
}

// The image of the request, which must exist for the caller.
Result<domain::ImageRecord> image_of_request(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  FIT_CHECK(check_visible(tenant, ImageId{id}, request.principal));
  return tenant.catalog.writer().database().items().image(ImageId{id});
}

// Makes a variant from the file of the image, which may have to be fetched. Reads must not wait behind the
// work, which takes as long as a change does.
template <class Make>
Response make_from_file(const TenantSnapshot& tenant, domain::ImageRecord image, Make make) {
  return continue_on(
      RunOn::kFetch, [tenant, image = std::move(image), make](const Request& same) -> Result<Response> {
        catalog::ItemWriter& writer = tenant.catalog.writer();
        FIT_TRY(Bytes loaded,
                writer.loader().load_known("image", image, writer.loader().limits_from_now(same.stop)));
        if (sha256_hex(loaded) != image.sha256) {
          return Error{ErrorCode::kConflict, "the image has changed at its URL since it was indexed", {}, {}};
        }
        const auto file = std::make_shared<const Bytes>(std::move(loaded));
        return continue_on(RunOn::kWrite, [tenant, image, make, file](const Request& again) {
          return make(again, tenant.catalog.writer(), image, *file);
        });
      });
}

Result<Response> send_cutout_of_item(const Request& request, catalog::StoredCutout cutout) {
  if (!cutout.file) return not_found("the background of the image cannot be told from the garment");
  return send_variant(request, *std::move(cutout.file));
}

Result<Response> item_cutout(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(domain::ImageRecord image, image_of_request(request, tenant));
  FIT_TRY(auto known, catalog::stored_cutout(tenant.catalog.writer().files(), image.sha256));
  if (known) return send_cutout_of_item(request, *std::move(known));
  return make_from_file(tenant, std::move(image),
                        [](const Request& same, catalog::ItemWriter& writer, const domain::ImageRecord& of,
                           const Bytes& file) -> Result<Response> {
                          FIT_TRY(auto made, catalog::make_cutout(writer.files(), ByteView(file), of.sha256,
                                                                  writer.image_limits()));
                          return send_cutout_of_item(same, std::move(made));
                        });
}

std::string known_colours(const ontology::Ontology& ontology) {
  std::string names;
  for (const std::string& value : ontology.values(domain::kPrimaryColor)) {
    if (!style::reference_srgb(value)) continue;
    names += (names.empty() ? "" : ", ") + value;
  }
  return names;
}

// Reads "red", a word that means a colour, "#rgb" or "#rrggbb".
Result<std::uint32_t> colour_of(const ontology::Ontology& ontology, std::string_view text) {
  if (text.starts_with('#')) {
    std::string digits(text.substr(1));
    if (digits.size() == 3) digits = {digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]};
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    if (digits.size() == 6 && error == std::errc{} && end == digits.data() + digits.size()) return number;
    return invalid("to", "is no colour; a colour of sRGB is # with 3 or 6 hexadecimal digits");
  }
  const auto value = ontology.canonical(domain::kPrimaryColor, text);
  const auto colour = value ? style::reference_srgb(*value) : std::nullopt;
  if (colour) return *colour;
  return invalid("to",
                 fit::format("{}; known are {}, and colours as #rrggbb",
                             text.empty() ? "is missing" : "is no known colour", known_colours(ontology)));
}

Result<catalog::RecolourChoice> choice_of(const Request& request, const ontology::Ontology& ontology) {
  catalog::RecolourChoice choice;
  bool has_colour = false;
  for (const auto& [name, text] : query_parameters(request.query)) {
    if (name == "to") {
      FIT_TRY(choice.to, colour_of(ontology, text));
      has_colour = true;
    } else if (name == "strength") {
      double strength = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), strength);
      if (error != std::errc{} || end != text.data() + text.size() || !(strength >= 0 && strength <= 1)) {
        return invalid("strength", "must be a number between 0 and 1");
      }
      choice.percent = static_cast<int>(std::lround(strength * 100));
    }
  }
  if (!has_colour) return colour_of(ontology, "").error();
  return choice;
}

Result<Response> send_recolour(const Request& request, catalog::StoredRecolour recolour) {
  if (recolour.file) return send_variant(request, *std::move(recolour.file));
  return Error{ErrorCode::kConflict, std::move(recolour.reason), {}, {}};
}

Result<Response> item_recolour(const Request& request, const TenantSnapshot& tenant,
                               const ontology::Ontology& ontology) {
  FIT_TRY(const catalog::RecolourChoice choice, choice_of(request, ontology));
  FIT_TRY(domain::ImageRecord image, image_of_request(request, tenant));
  FIT_TRY(auto known, catalog::stored_recolour(tenant.catalog.writer().files(), image.sha256, choice));
  if (known) return send_recolour(request, *std::move(known));
  return make_from_file(tenant, std::move(image),
                        [choice](const Request& same, catalog::ItemWriter& writer,
                                 const domain::ImageRecord& of, const Bytes& file) -> Result<Response> {
                          FIT_TRY(auto made, catalog::make_recolour(writer.files(), file, of.sha256, choice,
                                                                    writer.image_limits()));
                          return send_recolour(same, std::move(made));
                        });
}

}  // namespace

void add_image_variant_routes(Router& router, const ontology::Ontology& ontology) {
  router.add({.method = Method::kGet,
              .pattern = "/images/{id}/cutout",
              .required_scope = accounts::Scope::kItemsRead,
              .route_class = RouteClass::kSearch,
              .query_parameters = std::vector<std::string_view>{"tenant"}},
             item_cutout);
  router.add({.method = Method::kGet,
              .pattern = "/images/{id}/recolor",
              .required_scope = accounts::Scope::kItemsRead,
              .route_class = RouteClass::kSearch,
              .query_parameters = std::vector<std::string_view>{"tenant", "to", "strength"}},
             [ontology](const Request& request, const TenantSnapshot& tenant) {
               return item_recolour(request, tenant, ontology);
             });
}

}  // namespace fit::http
