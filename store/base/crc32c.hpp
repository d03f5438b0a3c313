// CRC-32C (Castagnoli, RFC 3720 appendix B.4): finds damage by accident. Against intent there is
// the tree.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailhold {

// The checksum of pieces, one after the other.
class Crc32c {
  public:
    Crc32c& update(std::string_view octets);
    std::uint32_t value() const;

  private:
    std::uint32_t remainder_ = 0xFFFFFFFF;
};

inline std::uint32_t crc32c(std::string_view octets) {
    return Crc32c().update(octets).value();
}

}  // namespace mailhold
