// The server's certificate and what it accepts of TLS.
#pragma once

#include <memory>
#include <string>

#include "core/error.h"

namespace boost::asio::ssl {
class context;
}

namespace sightline::server {

// Shared by all TLS connections; OpenSSL counts references itself, so that it is used from several
// threads.
using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// TLS 1.2 (forward-secret AEAD suites alone) and 1.3, without renegotiation or compression.
// Errors: kInvalidArgument, naming the file, when one cannot be read or the two do not belong
// together.
Result<TlsContext> LoadTlsContext(const std::string& certificate_file, const std::string& key_file);

}  // namespace sightline::server
