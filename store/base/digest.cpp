#include "store/base/digest.hpp"

#include <openssl/evp.h>

#include <algorithm>

#include "store/base/error.hpp"

namespace mailhold {
namespace {

// Looked up once: that costs as much as hashing some hundred octets.
const EVP_MD* algorithm() {
    static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return found;
}

}  // namespace

struct Sha256::State {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                    &EVP_MD_CTX_free};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    MAILHOLD_ASSERT(state_->context &&
                    EVP_DigestInit_ex(state_->context.get(), algorithm(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view octets) {
    MAILHOLD_ASSERT(EVP_DigestUpdate(state_->context.get(), octets.data(), octets.size()) == 1);
}

Digest Sha256::finish() {
    Digest digest;
    unsigned length = 0;
    MAILHOLD_ASSERT(EVP_DigestFinal_ex(state_->context.get(), digest.bytes.data(), &length) == 1);
    MAILHOLD_ASSERT(length == digest.bytes.size());
    return digest;
}

Digest sha256(std::string_view octets) {
    Sha256 hash;
    hash.update(octets);
    return hash.finish();
}

std::string to_hex(const Digest& digest) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(64);
    for (const auto byte : digest.bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::optional<Digest> digest_from_hex(std::string_view text) {
    if (text.size() != 64) return std::nullopt;
    const auto value = [](char c) -> int {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    };
    Digest digest;
    for (std::size_t i = 0; i < 32; ++i) {
        const int high = value(text[2 * i]);
        const int low = value(text[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        digest.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return digest;
}

std::optional<Digest> digest_from_bytes(std::string_view raw) {
    Digest digest;
    if (raw.size() != digest.bytes.size()) return std::nullopt;
    std::ranges::transform(raw, digest.bytes.begin(),
                           [](char c) { return static_cast<std::uint8_t>(c); });
    return digest;
}

}  // namespace mailhold
