// SHA-256 digests: the identity of a message is the digest of its exact octets. OpenSSL stays in
// digest.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mailhold {

struct Digest {
    std::array<std::uint8_t, 32> bytes{};
    auto operator<=>(const Digest&) const = default;
    std::string_view view() const {
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
};

Digest sha256(std::string_view octets);

std::string to_hex(const Digest& digest);                       // 64 lower-case digits
std::optional<Digest> digest_from_hex(std::string_view text);   // either case; nothing else
std::optional<Digest> digest_from_bytes(std::string_view raw);  // exactly 32 octets

// SHA-256 over pieces that arrive one after the other. One thread at a time.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void update(std::string_view octets);
    Digest finish();  // once; the object is spent afterwards

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mailhold

template <>
struct std::hash<mailhold::Digest> {
    std::size_t operator()(const mailhold::Digest& digest) const noexcept {
        return std::hash<std::string_view>{}(digest.view());
    }
};
