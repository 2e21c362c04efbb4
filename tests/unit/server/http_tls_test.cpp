// HTTPS, with a certificate made on the spot.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "tests/unit/server/http_fixture.h"

namespace sightline::server {
namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using File = std::unique_ptr<FILE, Freed<fclose>>;

void WriteSelfSigned(const std::string& certificate_path, const std::string& key_path) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const File certificate_file(std::fopen(certificate_path.c_str(), "w"));
  PEM_write_X509(certificate_file.get(), certificate.get());
  const File key_file(std::fopen(key_path.c_str(), "w"));
  PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

// One TLS connection that trusts anyone.
class TlsClient {
 public:
  TlsClient(uint16_t port, int highest_version) : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_security_level(context_.get(), 0);  // so that old versions may be offered at all
    SSL_CTX_set_max_proto_version(context_.get(), highest_version);
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_);
    connected_ = SSL_connect(ssl_.get()) == 1;
  }
  ~TlsClient() { ::close(socket_); }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool connected() const { return connected_; }
  std::string version() const { return SSL_get_version(ssl_.get()); }
  void Send(const std::string& text) {
    SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
  }
  // Everything until the server's close_notify; `clean` says whether there was one.
  std::string ReceiveAll(bool& clean) {
    std::string all;
    char piece[16384];
    int received = 0;
    while ((received = SSL_read(ssl_.get(), piece, sizeof piece)) > 0) {
      all.append(piece, static_cast<size_t>(received));
    }
    clean = SSL_get_error(ssl_.get(), received) == SSL_ERROR_ZERO_RETURN;
    return all;
  }

 private:
  Context context_;
  int socket_ = -1;
  std::unique_ptr<SSL, Freed<SSL_free>> ssl_;
  bool connected_ = false;
};

class HttpTlsTest : public HttpTest {
 protected:
  void SetUp() override {
    const std::string pattern = (std::filesystem::temp_directory_path() / "sightline-tls-XXXXXX");
    directory_ = pattern;
    ASSERT_NE(::mkdtemp(directory_.data()), nullptr);
    options.tls_certificate_file = directory_ + "/certificate.pem";
    options.tls_key_file = directory_ + "/key.pem";
    WriteSelfSigned(options.tls_certificate_file, options.tls_key_file);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string directory_;
};

TEST_F(HttpTlsTest, ServesTls12And13) {
  const std::string text(3'000'000, 'x');
  router.Add({"GET", "/long",
              [&](Exchange& exchange) -> Awaitable<Status> {
                co_return co_await exchange.out.Send(TextResponse(text));
              },
              {}});
  Start();
  for (const auto& [version, name] :
       {std::pair(TLS1_2_VERSION, "TLSv1.2"), std::pair(TLS1_3_VERSION, "TLSv1.3")}) {
    TlsClient client(port, version);
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(client.version(), name);
    client.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                "GET /long HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    bool clean = false;
    const std::string all = client.ReceiveAll(clean);
    EXPECT_NE(all.find("\r\n\r\nabcHTTP/1.1 200 OK\r\n"), std::string::npos);
    EXPECT_TRUE(all.ends_with("\r\n\r\n" + text));
    EXPECT_TRUE(clean);
  }
}

TEST_F(HttpTlsTest, RefusesOldVersionsAndPlainText) {
  Start();
  EXPECT_FALSE(TlsClient(port, TLS1_1_VERSION).connected());
  HttpClient plain(port);
  ASSERT_TRUE(plain.Send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_FALSE(plain.Receive());
  // Neither stops the next client.
  EXPECT_TRUE(TlsClient(port, TLS1_3_VERSION).connected());
}

TEST_F(HttpTlsTest, AHandshakeThatDoesNotEndIsCut) {
  options.header_timeout_s = 0.1;
  Start();
  HttpClient silent(port);
  EXPECT_TRUE(silent.IsClosedByServer());
}

TEST_F(HttpTlsTest, RefusesToStartWithoutAUsableCertificate) {
  const auto start = [&] { return HttpServer(options, Router(), {}).Bind(); };
  options.listen = "0.0.0.0:0";
  EXPECT_TRUE(start());

  const std::string other_key = directory_ + "/other-key.pem";
  WriteSelfSigned(directory_ + "/other.pem", other_key);
  options.tls_key_file = other_key;
  const auto mismatch = start();
  ASSERT_FALSE(mismatch);
  EXPECT_NE(mismatch.error().message.find("other-key.pem"), std::string::npos);

  std::ofstream(directory_ + "/nonsense.pem") << "nonsense";
  options.tls_certificate_file = directory_ + "/nonsense.pem";
  EXPECT_FALSE(start());
  options.tls_certificate_file = directory_ + "/missing.pem";
  const auto missing = start();
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("missing.pem"), std::string::npos);
}

}  // namespace
}  // namespace sightline::server
