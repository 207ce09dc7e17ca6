#include "domain/records.h"
#include "http/api.h"
#include "ontology/ontology.h"

namespace fit::http {
namespace {

Response property_values(const ontology::Ontology& ontology) {
  Json properties = Json::object();
  for (std::size_t property = 0; property < domain::kProperties.size(); ++property) {
    Json values = Json::array();
    for (const std::string& value : ontology.values(property)) values.push_back(value);
    properties[std::string(domain::kProperties[property])] = {{"values", std::move(values)}};
  }
  return json_response({{"properties", std::move(properties)}});
}

}  // namespace

void add_property_routes(Router& router, const ontology::Ontology& ontology) {
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/properties",
              .required_scope = accounts::Scope::kItemsRead,
              .route_class = RouteClass::kNone,
              .handler = [response = property_values(ontology)](const Request&) -> Result<Response> {
                return response;
              }});
}

}  // namespace fit::http
