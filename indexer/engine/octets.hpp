// Numbers in the index's own files: little-endian, whatever the machine.
#pragma once

#include <boost/endian/conversion.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailhold::indexer::engine {

// What stands behind the end counts as zeros.
template <class Number>
Number number_at(std::string_view octets, std::size_t at) {
    Number value{};
    octets.copy(reinterpret_cast<char*>(&value), sizeof value, at);
    return boost::endian::little_to_native(value);
}
inline std::uint32_t u32_at(std::string_view octets, std::size_t at) {
    return number_at<std::uint32_t>(octets, at);
}
inline std::uint64_t u64_at(std::string_view octets, std::size_t at) {
    return number_at<std::uint64_t>(octets, at);
}

template <class Number>
void put_number(std::string& out, Number value) {
    boost::endian::native_to_little_inplace(value);
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}
inline void put_u32(std::string& out, std::uint32_t value) {
    put_number(out, value);
}

}  // namespace mailhold::indexer::engine
