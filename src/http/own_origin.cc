#include "http/own_origin.h"

namespace fit::http {

std::string own_origin(const std::string& public_origin, const Request& request) {
  if (!public_origin.empty()) return public_origin;
  return (request.is_https ? "https://" : "http://") + std::string(request.host);
}

}  // namespace fit::http
