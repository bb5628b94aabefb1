#include "base/digest.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <memory>

#include "base/error.h"

namespace kerasan {
namespace {

constexpr std::size_t kSize = 16;
constexpr std::size_t kLongestKey = 64;

std::string key_of(DType dtype, const Shape& shape) {
  std::string key(dtype_name(dtype));
  key += '[';
  for (std::size_t i = 0; i < shape.size(); ++i) {
    key += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  }
  return (key + ']').substr(0, kLongestKey);
}

}  // namespace

std::string digest_of(DType dtype, const Shape& shape, std::span<const std::byte> bytes) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(
      EVP_MAC_fetch(nullptr, "BLAKE2BMAC", nullptr), &EVP_MAC_free);
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(
      EVP_MAC_CTX_new(mac.get()), &EVP_MAC_CTX_free);
  std::size_t size = kSize;
  const std::array<OSSL_PARAM, 2> parameters{
      OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size), OSSL_PARAM_construct_end()};
  const std::string key = key_of(dtype, shape);
  std::array<unsigned char, kSize> digest{};
  const bool done =
      context != nullptr &&
      EVP_MAC_init(context.get(), reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                   parameters.data()) == 1 &&
      EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size()) == 1 &&
      EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1 && size == kSize;
  if (!done) throw InputError("BLAKE2b is not available");
  static constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace kerasan
