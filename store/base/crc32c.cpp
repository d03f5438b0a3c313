#include "store/base/crc32c.hpp"

#include <isa-l/crc.h>

#include <algorithm>

namespace mailhold {

Crc32c& Crc32c::update(std::string_view octets) {
    constexpr std::size_t most = 1 << 30;  // the library counts with an int
    while (!octets.empty()) {
        const auto piece = octets.substr(0, most);
        // It only reads, though its contract does not say const.
        auto* begin = reinterpret_cast<unsigned char*>(const_cast<char*>(piece.data()));
        remainder_ = crc32_iscsi(begin, static_cast<int>(piece.size()), remainder_);
        octets.remove_prefix(piece.size());
    }
    return *this;
}

std::uint32_t Crc32c::value() const {
    return ~remainder_;
}

}  // namespace mailhold
