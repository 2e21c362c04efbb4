#include "server/target.h"

#include <simdjson.h>

#include <algorithm>
#include <boost/url/decode_view.hpp>
#include <boost/url/encoding_opts.hpp>
#include <boost/url/pct_string_view.hpp>

namespace sightline::server {
namespace {

Result<std::string> Decode(std::string_view encoded, bool plus_is_blank) {
  const auto checked = boost::urls::make_pct_string_view(encoded);
  if (!checked) return InvalidArgument("the request target has a bad percent escape");
  boost::urls::encoding_opts options;
  options.space_as_plus = plus_is_blank;
  std::string decoded = checked->decode(options);
  if (!simdjson::validate_utf8(decoded)) {
    return InvalidArgument("the request target does not decode to UTF-8");
  }
  return decoded;
}

bool IsBlankOrControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7F;
}

bool StartsWithIgnoringCase(std::string_view text, std::string_view lower_prefix) {
  return text.size() >= lower_prefix.size() &&
         std::equal(lower_prefix.begin(), lower_prefix.end(), text.begin(),
                    [](char want, char got) {
                      return want == (got >= 'A' && got <= 'Z' ? got - 'A' + 'a' : got);
                    });
}

}  // namespace

Result<Target> SplitTarget(std::string_view target) {
  if (std::any_of(target.begin(), target.end(), IsBlankOrControl)) {
    return InvalidArgument("the request target holds a blank or a control byte");
  }
  if (!simdjson::validate_utf8(target)) {
    return InvalidArgument("the request target is not UTF-8");
  }
  if (target.find('#') != std::string_view::npos) {
    return InvalidArgument("the request target must not have a fragment");
  }
  Target split;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!StartsWithIgnoringCase(target, scheme)) continue;
    target.remove_prefix(scheme.size());
    split.authority = target.substr(0, target.find_first_of("/?"));
    if (split.authority.empty()) return InvalidArgument("the request target names no host");
    target.remove_prefix(split.authority.size());
    break;
  }
  const size_t question = target.find('?');
  split.path = target.substr(0, question);
  if (question != std::string_view::npos) split.query = target.substr(question + 1);
  if (split.path.empty() && !split.authority.empty()) split.path = "/";
  if (!split.path.starts_with('/')) {
    return InvalidArgument("the request target must be a path or an http URL");
  }
  return split;
}

Result<std::string> DecodeSegment(std::string_view segment) { return Decode(segment, false); }

Result<std::vector<std::pair<std::string, std::string>>> DecodeQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    if (part.empty()) continue;
    const size_t equals = part.find('=');
    SIGHTLINE_ASSIGN(std::string name, Decode(part.substr(0, equals), true));
    std::string value;
    if (equals != std::string_view::npos) {
      SIGHTLINE_ASSIGN(value, Decode(part.substr(equals + 1), true));
    }
    parameters.emplace_back(std::move(name), std::move(value));
  }
  return parameters;
}

}  // namespace sightline::server
