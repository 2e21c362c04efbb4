#include "api/sha256.h"

#include <openssl/evp.h>

#include <new>

namespace sightline::api {
namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

// OpenSSL fails here for want of memory alone.
Context NewContext() {
  Context context(EVP_MD_CTX_new());
  if (context == nullptr) throw std::bad_alloc();
  return context;
}

void Require(int success) {
  if (success != 1) throw std::bad_alloc();
}

}  // namespace

class Sha256::Impl {
 public:
  Impl() : context(NewContext()) {
    Require(EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr));
  }

  Context context;
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {}
Sha256::~Sha256() = default;

void Sha256::Update(std::string_view piece) {
  Require(EVP_DigestUpdate(impl_->context.get(), piece.data(), piece.size()));
}

std::string Sha256::HexDigest() const {
  const Context copy = NewContext();
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  Require(EVP_MD_CTX_copy_ex(copy.get(), impl_->context.get()));
  Require(EVP_DigestFinal_ex(copy.get(), digest, &size));
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(size_t{size} * 2);
  for (unsigned int i = 0; i < size; ++i) {
    hex.push_back(kDigits[digest[i] >> 4]);
    hex.push_back(kDigits[digest[i] & 15]);
  }
  return hex;
}

std::string Sha256Hex(std::string_view text) {
  Sha256 hash;
  hash.Update(text);
  return hash.HexDigest();
}

}  // namespace sightline::api
