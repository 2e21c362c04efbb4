// /v1/travel-times as typed calls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/client.h"
#include "core/error.h"

namespace sightline::client {

// At hours of one class, or of all.
struct TravelHourInfo {
  std::string hour_class;
  uint64_t samples = 0;
  bool direct = false;
  std::vector<std::string> via;
  std::optional<double> median_s;
  std::optional<double> slow_s;
  std::optional<double> median_kmh;
};

struct TravelWay {
  std::optional<double> distance_m;
  double fastest_s = 0;
  double bound_s = 0;
  std::vector<std::string> at_fault;
  std::vector<TravelHourInfo> hours;
  std::string json;
};

struct TravelLinkInfo {
  std::string to_camera;
  double distance_m = 0;
  double fastest_s = 0;
  TravelHourInfo all;  // hour_class is empty
};

struct TravelLinkPage {
  std::vector<TravelLinkInfo> links;
  std::string next_page_token;
  std::string json;
};

// Errors as Client's.
class TravelTimes {
 public:
  explicit TravelTimes(Client& client) : client_(client) {}  // `client` outlives the object

  // `hour_class` empty: all.
  Result<TravelWay> Between(const std::string& from, const std::string& to,
                            const std::string& hour_class);
  Result<TravelLinkPage> LinksFrom(const std::string& from, size_t limit,
                                   const std::string& page_token);

 private:
  Client& client_;
};

}  // namespace sightline::client
