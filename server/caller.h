// Who asks: what the guard learned from a request's credentials.
#pragma once

#include <memory>

#include "server/token_record.h"

namespace sightline::server {

struct Caller {
  std::shared_ptr<const TokenRecord> token;
};

}  // namespace sightline::server
