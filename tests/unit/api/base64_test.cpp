#include "api/base64.h"

#include <gtest/gtest.h>

namespace sightline::api {
namespace {

// RFC 4648, section 10.
constexpr std::pair<std::string_view, std::string_view> kVectors[] = {
    {"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},        {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};

TEST(Base64, KnowsTheVectorsOfItsStandard) {
  for (const auto& [bytes, text] : kVectors) {
    EXPECT_EQ(EncodeBase64(bytes), text);
    EXPECT_EQ(DecodeBase64(text), std::string(bytes));
    const std::string_view unpadded = text.substr(0, text.find('='));
    EXPECT_EQ(EncodeBase64Url(bytes), unpadded);
    EXPECT_EQ(DecodeBase64Url(unpadded), std::string(bytes));
  }
}

TEST(Base64, EveryByteGoesThere) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (size_t size = 253; size <= 256; ++size) {
    const std::string part = bytes.substr(0, size);
    EXPECT_EQ(DecodeBase64(EncodeBase64(part)), part);
    EXPECT_EQ(DecodeBase64Url(EncodeBase64Url(part)), part);
  }
  EXPECT_EQ(EncodeBase64("\xFB\xFF"), "+/8=");
  EXPECT_EQ(EncodeBase64Url("\xFB\xFF"), "-_8");
}

TEST(Base64, AnythingButTheOneRightTextIsRefused) {
  for (const std::string_view text :
       {"Zg=",   "Zg",    "Z",     "Zg===",    "====",   "=",        "Zh==", "Zm9=",
        " Zg==", "Zg== ", "Zm 9v", "Zm9v\n",   "\nZm9v", "Zg==Zg==", "Z=9v", "Zm=v",
        "=m9v",  "+-8=",  "Zm9v-", "Zm9v----", "    ",   "Zm9\xC3"}) {
    EXPECT_EQ(DecodeBase64(text), std::nullopt) << text;
  }
  EXPECT_EQ(DecodeBase64(std::string_view("Zm9\0", 4)), std::nullopt);
  for (const std::string_view text :
       {"Z", "Zh", "Zg==", "Zm8=", "Zm9v\n", " Zm9v", "+/8", "Zm9*"}) {
    EXPECT_EQ(DecodeBase64Url(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sightline::api
