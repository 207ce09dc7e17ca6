#include "http/api.h"

namespace fit::http {

Router make_router(Api& api) {
  Router router;
  add_search_routes(router, api);
  add_item_routes(router, api);
  add_import_route(router, api);
  add_sample_route(router, api);
  add_image_routes(router, api);
  add_embedding_routes(router, api);
  add_status_routes(router, api);
  add_page_routes(router);
  return router;
}

}  // namespace fit::http
