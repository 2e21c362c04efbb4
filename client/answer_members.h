// Members of the server's answers, read one by one. simdjson is in sight here: for sources alone.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time.h"

namespace sightline::client {

using Json = simdjson::dom::element;
using Member = simdjson::simdjson_result<Json>;  // an absent one is an error of simdjson's

// kInternal; `what` is amiss, as "no spaces".
inline Error NotUnderstood(std::string_view what) {
  return Internal("the server's answer is not understood: " + std::string(what));
}

// Nothing, or the value of nothing, where the member is absent or of another type.

inline std::string Text(Member member) {
  std::string_view text;
  return member.get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

inline uint64_t Count(Member member) {
  uint64_t count = 0;
  return member.get(count) == simdjson::SUCCESS ? count : 0;
}

inline bool Flag(Member member) {
  bool flag = false;
  return member.get(flag) == simdjson::SUCCESS && flag;
}

inline std::optional<double> Number(Member member) {
  double number = 0;
  return member.get(number) == simdjson::SUCCESS ? std::optional(number) : std::nullopt;
}

inline std::optional<TimestampMs> Time(Member member) {
  const Result<TimestampMs> time = ParseRfc3339(Text(member));
  if (!time) return std::nullopt;
  return *time;
}

}  // namespace sightline::client
