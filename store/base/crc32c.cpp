#include "store/base/crc32c.hpp"

#include <boost/crc.hpp>

namespace mailhold {
namespace {

using Castagnoli = boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;

}  // namespace

Crc32c& Crc32c::update(std::string_view octets) {
    Castagnoli checksum(remainder_);
    checksum.process_bytes(octets.data(), octets.size());
    remainder_ = checksum.get_interim_remainder();
    return *this;
}

std::uint32_t Crc32c::value() const {
    return Castagnoli(remainder_).checksum();
}

}  // namespace mailhold
