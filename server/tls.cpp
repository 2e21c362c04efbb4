#include "server/tls.h"

#include <fmt/format.h>

#include <boost/asio/ssl/context.hpp>

namespace sightline::server {

namespace ssl = boost::asio::ssl;

Result<TlsContext> LoadTlsContext(const std::string& certificate_file,
                                  const std::string& key_file) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE);
  // An idle connection gives OpenSSL's 34 KB of record buffers back.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) {
    return Internal("OpenSSL knows none of the cipher suites that are allowed here");
  }

  boost::system::error_code error;
  context->use_certificate_chain_file(certificate_file, error);
  if (error) {
    return InvalidArgument(fmt::format("the certificate {} cannot be used: {}", certificate_file,
                                       error.message()));
  }
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error) {
    return InvalidArgument(
        fmt::format("the private key {} cannot be used with the certificate {}: {}", key_file,
                    certificate_file, error.message()));
  }
  return context;
}

}  // namespace sightline::server
