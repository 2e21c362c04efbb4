// What image searches cost and how good they are, as numbers for Prometheus.
#pragma once

#include <memory>
#include <string_view>

#include "query/image_search.h"

namespace prometheus {
class Registry;
}

namespace sightline::server {

// Thread-safe.
class ImageSearchMetrics {
 public:
  // `registry` outlives the object.
  explicit ImageSearchMetrics(prometheus::Registry& registry);
  ~ImageSearchMetrics();

  // A search that was answered.
  void Observe(const query::ImageRequest& request, const query::ImageAnswer& answer);

  // Of a search that was asked again, exactly: [0, 1].
  void ObserveRecall(std::string_view space, double recall);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::server
